using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Unlearning.Host.Approvals;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Identity;
using Unlearning.Host.Jobs;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Control;
using Unlearning.Host.Runs.Sets;
using Unlearning.Host.Runs.Stages;
using Unlearning.Host.Tests.Jobs;
using Unlearning.Host.Tests.Reports;
using Unlearning.Host.Tests.Storage;
using Unlearning.Plugin.Functions;
using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Tests.Approvals;

/// <summary>A service over a folder of its own, the people around it, and a run whose release waits for them.</summary>
internal sealed class ApprovalScene : IDisposable
{
    public const string Gate = "Unlearning:Gates:whole";

    private readonly TemporaryFolder _folder = new();

    public static Actor Ada { get; } = Person("ada");

    public static Actor Ben { get; } = Person("ben");

    public static Actor Eva { get; } = Person("eva");

    public string Folder => _folder.Path;

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    public static Actor Person(string name) => new(name, Permissions.All);

    public static string Live(JobHost host) => host.Services.GetRequiredService<LiveReleaseJournal>().Read().Current;

    public static void Configure(JobHost host, string key, string value) =>
        host.Services.GetRequiredService<Microsoft.Extensions.Configuration.IConfiguration>()[key] = value;

    public static async Task<(string RunId, string Release)> WaitingRunAsync(JobHost host, string? trigger = null)
    {
        string runId;
        if (trigger is null)
        {
            runId = (await host.Control.StartAsync(new StartRunRequest("reason"), Ada)).RunId;
        }
        else
        {
            runId = (await host.Store.StartAsync(new RunStart("reason") { Trigger = trigger, StartedBy = Actor.Service.Name })).Run.RunId;
            await host.Services.GetRequiredService<RunScheduler>().TriggerAsync(runId);
        }

        await host.InState(runId, RunState.AwaitingApproval);
        return (runId, (await host.Store.FindAsync(runId))!.ReleaseId!);
    }

    public Task<JobHost> StartAsync(int required, params (string Key, string Value)[] more) => StartAsync(required, null, more);

    public async Task<JobHost> StartAsync(int required, IPolicySource? policies, params (string Key, string Value)[] more) => await JobHost.StartAsync(
        _folder.Path,
        time: Clock,
        configure: host =>
        {
            host.Pipeline.Silent = true;
            host.Pipeline.Work = (runId, stop) => ApproveAndPromoteAsync(host, runId, stop);
        },
        settings: new Dictionary<string, string?>(more.Select(setting => KeyValuePair.Create<string, string?>(setting.Key, setting.Value)))
        {
            ["Unlearning:Approvals:Required"] = $"{required}",
            ["Unlearning:Approvals:ExpiresHours"] = "5",
            [$"{Gate}:Metric"] = "broken_rate",
            [$"{Gate}:Kind"] = "MaximumIncrease",
            [$"{Gate}:Threshold"] = "1",
            [$"{Gate}:MinimumSample"] = "1",
        },
        services: policies is null ? null : services => services.AddSingleton(policies));

    /// <summary>The last two stages of the real pipeline, over a release as the first ones leave it.</summary>
    private static async Task<RunOutcome> ApproveAndPromoteAsync(JobHost host, string runId, CancellationToken stop)
    {
        IServiceProvider services = host.Services;
        ReleaseStore releases = services.GetRequiredService<ReleaseStore>();
        string release = await SaveReleaseAsync(host, runId, "weights", stop);
        RunRecord run = (await host.Store.FindAsync(runId, stop))!;
        Candidate candidate = new(release, "pass", []);
        ApproveStage approve = new(services.GetRequiredService<PromotionGuard>(), services.GetRequiredService<QuietTime>(), services.GetRequiredService<TimeProvider>());
        if (await approve.RunAsync(run, candidate, stop) is { } other)
            return other;
        PromoteStage promote = new(
            services.GetRequiredService<Promoter>(),
            services.GetRequiredService<LiveReleaseJournal>(),
            releases,
            services.GetRequiredService<Host.Incidents.IncidentStore>(),
            services.GetRequiredService<RunControls>());
        return new RunOutcome("pass", release, await promote.RunAsync(run, new RunSets([], [], [], [], [], [], Release.BaseId), candidate, null, () => { }, stop));
    }

    public static async Task<string> SaveReleaseAsync(JobHost host, string runId, string weights, CancellationToken stop = default)
    {
        EvaluationReport report = (await Example.OutcomeAsync()).Report;
        Release release = await host.Services.GetRequiredService<ReleaseStore>().SaveAsync(
            ReleaseHostManifest(runId),
            async (staging, ct) =>
            {
                await Tests.Releases.ReleaseHost.WriteContentAsync(staging, weights);
                await File.WriteAllTextAsync(Path.Combine(staging, "report.json"), report.ToJson(), ct);
                await File.WriteAllTextAsync(Path.Combine(staging, "verdicts.json"), JsonSerializer.Serialize(Array.Empty<GateLine>()), ct);
            },
            stop);
        return release.Id;
    }

    private static ReleaseManifest ReleaseHostManifest(string runId) => Tests.Releases.ReleaseHost.Manifest() with { RunId = runId };
}
