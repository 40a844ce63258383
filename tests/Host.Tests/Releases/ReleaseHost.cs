using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Unlearning.Host.Incidents;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Releases.Serving;
using Unlearning.Host.Releases.Watch;
using Unlearning.Host.Runs;
using Unlearning.Host.Storage;
using Unlearning.Plugin.Serving;

namespace Unlearning.Host.Tests.Releases;

/// <summary>One process's life over a data folder: disposing it is the end, another over the same folder the restart.</summary>
internal sealed class ReleaseHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private ReleaseHost(string path, IReadOnlyDictionary<string, string?>? settings)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(settings ?? new Dictionary<string, string?>()).Build();
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(Clock)
            .AddSingleton(new DataFolder(path))
            .AddSingleton<IBaseModel>(Model)
            .AddSingleton<IReleaseLoader>(Model)
            .AddSingleton<IPromotionCheck>(Check)
            .AddUnlearningStorage(configuration)
            .AddUnlearningReleases(configuration)
            .AddUnlearningIncidents(configuration)
            .AddUnlearningReleaseWatch()
            .AddSingleton<RunStore>()
            .BuildServiceProvider();
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public FakeModel Model { get; } = new();

    public FakePromotionCheck Check { get; } = new();

    public IServiceProvider Services => _services;

    public ReleaseWatch Watch => _services.GetRequiredService<ReleaseWatch>();

    public ReleaseStore Store => _services.GetRequiredService<ReleaseStore>();

    public LiveReleaseJournal Journal => _services.GetRequiredService<LiveReleaseJournal>();

    public Promoter Promoter => _services.GetRequiredService<Promoter>();

    public ModelSlot Slot => _services.GetRequiredService<ModelSlot>();

    public ServingState State => _services.GetRequiredService<ServingState>();

    public static async Task<ReleaseHost> StartAsync(
        string path, Action<FakeModel>? configure = null, IReadOnlyDictionary<string, string?>? settings = null)
    {
        ReleaseHost host = new(path, settings);
        configure?.Invoke(host.Model);
        await host.Promoter.RestoreAsync();
        return host;
    }

    /// <summary>Saves a release; equal arguments make equal content.</summary>
    public Task<Release> SaveAsync(string content, string parent = Release.BaseId, string verdict = "pass") =>
        Store.SaveAsync(
            Manifest(parent, verdict), (folder, cancellationToken) => WriteContentAsync(folder, content));

    public static ReleaseManifest Manifest(string parent = Release.BaseId, string verdict = "pass") =>
        new() { RunId = "run", BaseModel = "fake-135m", BaseModelHash = "base-hash", Parent = parent, Verdict = verdict };

    public static async Task WriteContentAsync(string folder, string content)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "adapter", "adapter_config.json"), "{}");
        await File.WriteAllTextAsync(Path.Combine(folder, "adapter", "adapter_model.safetensors"), content);
        await File.WriteAllTextAsync(Path.Combine(folder, "report.json"), "{}");
        await File.WriteAllTextAsync(Path.Combine(folder, "report.md"), "# Report");
        await File.WriteAllTextAsync(Path.Combine(folder, "verdicts.json"), "[]");
    }

    /// <summary>Makes the database, which most of what serving needs does without.</summary>
    public async Task MigrateAsync()
    {
        await using UnlearningDbContext db = await Contexts.CreateDbContextAsync();
        await db.Database.MigrateAsync();
    }

    public IDbContextFactory<UnlearningDbContext> Contexts => _services.GetRequiredService<IDbContextFactory<UnlearningDbContext>>();

    public async Task<string> AskAsync() => (await Slot.GetResponseAsync([new ChatMessage(ChatRole.User, "who are you?")])).Text;

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
