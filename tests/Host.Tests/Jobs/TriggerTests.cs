using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Unlearning.Host.Incidents;
using Unlearning.Host.Jobs.Triggers;
using Unlearning.Host.Runs;
using Unlearning.Host.Tests.Incidents;
using Unlearning.Host.Tests.Runs;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Jobs;

public sealed class TriggerTests
{
    private static readonly Dictionary<string, string?> _settings = new()
    {
        ["Unlearning:Schedule:Trigger:MinimumConfirmed"] = "3",
        ["Unlearning:Schedule:Trigger:Window"] = "1.00:00:00",
        ["Unlearning:Schedule:Trigger:OrSeverity"] = "4",
        ["Unlearning:Recipe:MinimumIncidents"] = "1",
    };

    [Fact]
    public async Task Enough_confirmations_start_a_run_at_once_and_what_it_was_about_starts_no_second()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path, settings: _settings);
        host.Pipeline.Work = (_, _) => Task.FromResult(new RunOutcome("fail", null, "Over-refusal rose."));
        IncidentStore incidents = host.Services.GetRequiredService<IncidentStore>();
        Guid[] ids = [.. (await incidents.RecordAsync([Observe.Harmful("a"), Observe.Harmful("b"), Observe.Harmful("c")])).Select(one => one.Id)];
        await host.Services.ReviewAsync(ids[..2], harmful: true);
        Assert.Null(await Rules(host).FindAsync());

        await host.Services.ReviewAsync(ids, harmful: true);
        await JobHost.Eventually(async () => (await host.Store.ListAsync(1)) is [{ FinishedAt: not null }]);
        RunRecord run = (await host.Store.ListAsync(10))[0];
        Assert.Equal((RunTriggers.Count, "service", "3 confirmed incidents"), (run.Trigger, run.StartedBy, run.Reason));

        // They are still confirmed, and once more at that.
        await host.Services.ReviewAsync(ids, harmful: true);
        Assert.Null(await Rules(host).FindAsync());
        Assert.Single(await host.Store.ListAsync(10));
    }

    [Fact]
    public async Task One_incident_that_is_severe_enough_asks_for_a_run()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path, settings: Without("Window"));
        IncidentStore incidents = host.Services.GetRequiredService<IncidentStore>();
        await incidents.RecordAsync([Observe.Harmful("a") with { AutoAccept = true }]);
        Assert.Null(await Rules(host).FindAsync());
        await incidents.RecordAsync([Observe.Harmful("b") with { AutoAccept = true, Severity = 4 }]);
        RunStart start = (await Rules(host).FindAsync())!;
        Assert.Equal((RunTriggers.Severity, "a confirmed incident of severity 4 or more"), (start.Trigger, start.Reason));
    }

    [Fact]
    public async Task A_run_of_a_rule_that_the_scheduler_does_not_take_blocks_no_other()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path, settings: _settings, time: new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 50, TimeSpan.Zero)));
        await host.Services.GetRequiredService<IncidentStore>().RecordAsync([Observe.Harmful("a") with { AutoAccept = true, Severity = 4 }]);
        await (await host.SchedulerAsync()).DeleteJob(Host.Jobs.UnlearningJob.Key);
        await ActivatorUtilities.CreateInstance<TriggerJob>(host.Services).Execute(null!);
        Assert.Equal(RunState.Failed, Assert.Single(await host.Store.ListAsync(10)).State);
    }

    [Fact]
    public async Task What_a_policy_accepts_by_itself_starts_a_run_within_a_minute()
    {
        using TemporaryFolder folder = new();
        FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 50, TimeSpan.Zero));
        await using JobHost host = await JobHost.StartAsync(folder.Path, settings: _settings, time: clock);
        await host.Services.GetRequiredService<IncidentStore>().RecordAsync([Observe.Harmful("a") with { AutoAccept = true, Severity = 4 }]);
        await JobHost.Eventually(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(!host.Pipeline.Executed.IsEmpty);
        });
        Assert.Equal(RunTriggers.Severity, (await host.Store.ListAsync(1))[0].Trigger);
    }

    [Fact]
    public async Task A_rule_waits_while_there_are_too_few_incidents_for_any_run()
    {
        using TemporaryFolder folder = new();
        Dictionary<string, string?> settings = new(_settings) { ["Unlearning:Recipe:MinimumIncidents"] = "2" };
        await using JobHost host = await JobHost.StartAsync(folder.Path, settings: settings);
        IncidentStore incidents = host.Services.GetRequiredService<IncidentStore>();
        await incidents.RecordAsync([Observe.Harmful("a") with { AutoAccept = true, Severity = 4 }]);
        Assert.Null(await Rules(host).FindAsync());
        await incidents.RecordAsync([Observe.Harmful("b") with { AutoAccept = true }]);
        Assert.NotNull(await Rules(host).FindAsync());
    }

    [Fact]
    public async Task What_a_rollback_reopens_starts_no_run_by_itself()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path, settings: _settings);
        IncidentStore incidents = host.Services.GetRequiredService<IncidentStore>();
        Guid id = (await incidents.RecordAsync([Observe.Harmful("a") with { AutoAccept = true, Severity = 4 }]))[0].Id;
        Assert.NotNull(await Rules(host).FindAsync());
        RunRecord run = (await host.Store.StartAsync("reason", null)).Run;
        await host.Store.CompleteAsync(run.RunId, new RunOutcome("pass", "0123456789abcdef", "Passed."));
        await host.Services.RemediateAsync([id], "0123456789abcdef");
        Assert.Equal(1, await incidents.ReopenAsync(Observe.BaseHash, ["base"]));
        Assert.Null(await Rules(host).FindAsync());
    }

    [Fact]
    public async Task A_rule_counts_by_the_time_of_the_confirmation_and_dismissed_incidents_not_at_all()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        Guid id = (await store.Incidents.RecordAsync([Observe.Harmful("a")]))[0].Id;
        Assert.Null((await store.Incidents.FindAsync(id))!.ConfirmedAt);
        store.Clock.Advance(TimeSpan.FromHours(5));
        DateTimeOffset confirmed = store.Clock.GetUtcNow();
        await store.Services.ReviewAsync([id], harmful: true);
        store.Clock.Advance(TimeSpan.FromHours(5));
        await store.Services.ReviewAsync([id], harmful: true);
        Assert.Equal(confirmed, (await store.Incidents.FindAsync(id))!.ConfirmedAt);
        Incident accepted = (await store.Incidents.RecordAsync([Observe.Harmful("b") with { AutoAccept = true }]))[0];
        Assert.Equal(store.Clock.GetUtcNow(), accepted.ConfirmedAt);
    }

    private static Dictionary<string, string?> Without(string key) =>
        _settings.Where(setting => !setting.Key.EndsWith(key, StringComparison.Ordinal)).ToDictionary();

    private static TriggerRules Rules(JobHost host) => host.Services.GetRequiredService<TriggerRules>();
}
