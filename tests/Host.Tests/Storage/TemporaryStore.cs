using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Unlearning.Host.Incidents;
using Unlearning.Host.Runs;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Tests.Storage;

/// <summary>The real store on a real file, migrated, in a folder of its own.</summary>
internal sealed class TemporaryStore : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    private TemporaryStore()
    {
        Services = Open(_folder.Path, Clock);
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public ServiceProvider Services { get; private set; }

    public string Path => _folder.Path;

    public IncidentStore Incidents => Services.GetRequiredService<IncidentStore>();

    public RunStore Runs => Services.GetRequiredService<RunStore>();

    public IDbContextFactory<UnlearningDbContext> Contexts => Services.GetRequiredService<IDbContextFactory<UnlearningDbContext>>();

    public static async Task<TemporaryStore> CreateAsync()
    {
        TemporaryStore store = new();
        await using UnlearningDbContext db = await store.Contexts.CreateDbContextAsync();
        await db.Database.MigrateAsync();
        return store;
    }

    /// <summary>A second process's view of the same files.</summary>
    public static ServiceProvider Open(string path, TimeProvider clock) =>
        new ServiceCollection()
            .AddSingleton(clock)
            .AddSingleton(new DataFolder(path))
            .AddUnlearningStorage(new ConfigurationBuilder().Build())
            .AddSingleton<IncidentStore>()
            .AddSingleton<RunStore>()
            .BuildServiceProvider();

    public async ValueTask DisposeAsync()
    {
        await Services.DisposeAsync();
        _folder.Dispose();
    }
}
