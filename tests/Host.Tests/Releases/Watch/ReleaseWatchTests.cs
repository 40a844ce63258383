using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Identity;
using Unlearning.Host.Incidents;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Releases.Signals;
using Unlearning.Host.Runs;
using Unlearning.Host.Tests.Incidents;
using Unlearning.Host.Tests.Runs;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Releases.Watch;

public sealed class ReleaseWatchTests
{
    private static readonly Actor _ann = new("ann", Permissions.All);

    [Fact]
    public async Task A_promoted_release_whose_calls_fail_is_rolled_back_with_the_numbers_and_not_promoted_again_by_the_service()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await StartAsync(folder);
        string id = (await host.SaveAsync("weights")).Id;
        await AskAsync(host, 100);
        await host.Promoter.PromoteAsync(id, "gates passed");
        host.Model.BeforeAnswer = release => release == id ? throw new IOException("no memory") : Task.CompletedTask;
        await AskAsync(host, 49);
        Assert.Null(await host.Watch.CheckAsync());
        await AskAsync(host, 1);

        JournalEntry entry = (await host.Watch.CheckAsync())!;
        Assert.Equal((JournalAction.RolledBack, "base", id, "service"), (entry.Action, entry.ReleaseId, entry.PreviousReleaseId, entry.Actor));
        Assert.StartsWith("50 of 50 calls failed (100.0 %, 0.0 % with the other release; at least 86.7 points more with 99 % confidence); at most 5.0 points more may.", entry.Reason, StringComparison.Ordinal);
        Assert.Equal("I am base", await host.AskAsync());

        ReleaseException refused = await Assert.ThrowsAsync<ReleaseException>(() => host.Promoter.PromoteAsync(id, "resumed"));
        Assert.Contains("does not promote it again by itself", refused.Message, StringComparison.Ordinal);
        Assert.Equal(id, (await host.Promoter.PromoteAsync(new Promotion(id, _ann, "the disk was full"))).ReleaseId);
    }

    [Fact]
    public async Task A_promoted_release_that_answers_much_more_slowly_is_rolled_back()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await StartAsync(folder);
        string id = (await host.SaveAsync("weights")).Id;
        host.Model.BeforeAnswer = release =>
        {
            host.Clock.Advance(TimeSpan.FromMilliseconds(release == id ? 700 : 200));
            return Task.CompletedTask;
        };
        await AskAsync(host, 60);
        await host.Promoter.PromoteAsync(id, "gates passed");
        await AskAsync(host, 60);

        Assert.Contains("700 ms over 60 calls (200 ms with the other release)", (await host.Watch.CheckAsync())!.Reason, StringComparison.Ordinal);
        Assert.Equal("base", host.Slot.ReleaseId);
    }

    [Fact]
    public async Task A_promoted_release_on_which_most_of_what_it_forgot_comes_back_is_rolled_back_and_the_incidents_are_open_again()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await StartAsync(folder);
        (string id, Guid[] incidents) = await ReleaseOfIncidentsAsync(host, 40);
        await host.Promoter.PromoteAsync(id, "gates passed");
        IncidentStore store = host.Services.GetRequiredService<IncidentStore>();
        Assert.All(await store.ListAsync(null, 100), incident => Assert.Equal((IncidentStatus.Remediated, id), (incident.Status, incident.RemediatedBy)));

        await RecurAsync(host, id, 20);
        Assert.Null(await host.Watch.CheckAsync());
        Assert.Equal(20, (await store.ListAsync(IncidentStatus.Recurred, 100)).Count);
        await RecurAsync(host, id, 21);
        Assert.StartsWith(
            "21 of 40 forgotten incidents came back (52.5 %); at most 50.0 % may", (await host.Watch.CheckAsync())!.Reason, StringComparison.Ordinal);

        Assert.Equal(incidents.Length, (await store.ListAsync(IncidentStatus.Confirmed, 100)).Count);
    }

    [Fact]
    public async Task A_canary_is_judged_by_what_its_run_was_trained_on_although_nothing_is_remediated_yet()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await StartAsync(folder, ("Unlearning:Canary:Share", "0.5"));
        (string id, _) = await ReleaseOfIncidentsAsync(host, 40);
        await host.Promoter.PromoteAsync(id, "gates passed");
        await RecurAsync(host, id, 30);

        JournalEntry entry = (await host.Watch.CheckAsync())!;
        Assert.Equal((JournalAction.CanaryEnded, id, "service"), (entry.Action, entry.ReleaseId, entry.Actor));
        Assert.Contains("30 of 40", entry.Reason, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ReleaseException>(() => host.Promoter.PromoteAsync(id, "resumed"));
    }

    [Fact]
    public async Task What_recurred_on_a_release_stays_open_at_every_reconciliation_and_is_remediated_by_the_next_release()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await StartAsync(folder);
        (string first, Guid[] incidents) = await ReleaseOfIncidentsAsync(host, 2);
        await host.Promoter.PromoteAsync(first, "gates passed");
        await RecurAsync(host, first, 1);
        RemediationReconciler reconciler = host.Services.GetRequiredService<RemediationReconciler>();
        IncidentStore store = host.Services.GetRequiredService<IncidentStore>();
        Assert.Equal(0, await reconciler.ReconcileAsync());
        Assert.Single(await store.ListAsync(IncidentStatus.Recurred, 10));

        Release second = await SaveOfRunAsync(host, "second", await RunAsync(host, incidents), first);
        await host.Promoter.PromoteAsync(second.Id, "gates passed");
        Assert.All(await store.ListAsync(null, 10), incident => Assert.Equal((IncidentStatus.Remediated, second.Id), (incident.Status, incident.RemediatedBy)));

        // Back on the first release, which was trained on it, too, it must not count as remediated: it recurred there.
        await host.Promoter.RollbackAsync(_ann, "back");
        await reconciler.ReconcileAsync();
        Assert.All(await store.ListAsync(null, 10), incident => Assert.Equal(IncidentStatus.Confirmed, incident.Status));
    }

    [Fact]
    public async Task A_reconciliation_that_began_before_a_rollback_remediates_nothing_after_it()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await StartAsync(folder);
        (string id, _) = await ReleaseOfIncidentsAsync(host, 2);
        await host.Promoter.PromoteAsync(id, "gates passed");
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously), goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Model.BeforeHash = () =>
        {
            host.Model.BeforeHash = () => Task.CompletedTask;
            reached.SetResult();
            return goOn.Task;
        };
        Task<int> early = host.Services.GetRequiredService<RemediationReconciler>().ReconcileAsync();
        await reached.Task;

        // The rollback's own reconciliation waits for the early one, or would be over before it.
        Task<JournalEntry> rollback = host.Promoter.RollbackAsync(_ann, "back");
        await Task.WhenAny(rollback, Task.Delay(1000));
        goOn.SetResult();
        await early;
        Assert.Equal("base", (await rollback).ReleaseId);
        Assert.All(
            await host.Services.GetRequiredService<IncidentStore>().ListAsync(null, 10), incident => Assert.Equal(IncidentStatus.Confirmed, incident.Status));
    }

    [Fact]
    public async Task A_canary_that_proves_itself_is_promoted_when_its_time_is_over_and_not_before()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await StartAsync(folder, ("Unlearning:Canary:Share", "0.5"), ("Unlearning:Canary:MinimumCalls", "60"));
        string id = (await host.SaveAsync("weights")).Id;
        await host.Promoter.PromoteAsync(id, "gates passed", "run");
        await AskAsync(host, 300);
        Assert.Null(await host.Watch.CheckAsync());

        host.Clock.Advance(TimeSpan.FromHours(1));
        JournalEntry entry = (await host.Watch.CheckAsync())!;
        Assert.Equal((JournalAction.Promoted, id, "run", "service"), (entry.Action, entry.ReleaseId, entry.RunId, entry.Actor));
        Assert.Equal((id, null), (host.Slot.ReleaseId, host.Slot.CanaryReleaseId));
    }

    [Theory]
    [InlineData("Stay", null)]
    [InlineData("Abandon", JournalAction.CanaryEnded)]
    public async Task A_canary_that_proved_itself_is_not_promoted_when_its_gates_or_approvals_do_not_hold_any_more(string then, JournalAction? action)
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await StartAsync(
            folder, ("Unlearning:Canary:Share", "0.5"), ("Unlearning:Canary:MinimumCalls", "60"), ("Unlearning:Canary:WhenInconclusive", then));
        string id = (await host.SaveAsync("weights")).Id;
        await host.Promoter.PromoteAsync(id, "gates passed", "run");
        await AskAsync(host, 300);
        host.Clock.Advance(TimeSpan.FromHours(1));
        host.Check.Failure = new InvalidOperationException("Rejected by bea.");

        JournalEntry? entry = await host.Watch.CheckAsync();
        Assert.Equal((action, action is null ? null : "Rejected by bea."), (entry?.Action, entry?.Reason));
        Assert.Equal(("base", action is null ? id : null), (host.Slot.ReleaseId, host.Slot.CanaryReleaseId));
        if (action is null)
        {
            // Once it may, it is promoted with the approvals that count then.
            host.Check.Failure = null;
            host.Check.Approvals = [new JournalApproval("eva", host.Clock.GetUtcNow(), "hash")];
            JournalEntry live = (await host.Watch.CheckAsync())!;
            Assert.Equal((JournalAction.Promoted, "eva"), (live.Action, live.Approvals!.Single().By));
        }
    }

    [Theory]
    [InlineData("Stay", "10")]
    [InlineData("Abandon", "10")]
    [InlineData("Stay", "1000")]
    [InlineData("Abandon", "1000")]
    public async Task A_canary_without_enough_to_go_by_is_never_promoted(string then, string minimumCalls)
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await StartAsync(
            folder,
            ("Unlearning:Canary:Share", "0.5"),
            ("Unlearning:Canary:WhenInconclusive", then),
            ("Unlearning:Canary:MinimumCalls", minimumCalls));
        string id = (await host.SaveAsync("weights")).Id;
        await host.Promoter.PromoteAsync(id, "gates passed");

        // Enough for the one minimum, or for the other.
        await AskAsync(host, minimumCalls == "10" ? 40 : 300);
        host.Clock.Advance(TimeSpan.FromDays(1));

        JournalEntry? entry = await host.Watch.CheckAsync();
        Assert.Equal(then == "Abandon" ? JournalAction.CanaryEnded : null, entry?.Action);
        Assert.Equal(("base", then == "Stay" ? id : null), (host.Slot.ReleaseId, host.Slot.CanaryReleaseId));
    }

    [Fact]
    public async Task Nothing_is_rolled_back_after_the_watch_by_a_switch_or_twice()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await StartAsync(folder);
        string first = (await host.SaveAsync("first")).Id, second = (await host.SaveAsync("second", parent: first)).Id;
        await host.Promoter.PromoteAsync(first, "one");
        await AskAsync(host, 60);
        await host.Promoter.PromoteAsync(second, "two");
        host.Model.BeforeAnswer = _ => throw new IOException("no memory");
        await AskAsync(host, 60);
        Assert.Equal(first, (await host.Watch.CheckAsync())!.ReleaseId);

        // The release that a rollback brought back fails as well: going back further would not be a judgement about a promotion.
        await AskAsync(host, 60);
        Assert.Null(await host.Watch.CheckAsync());

        await host.Promoter.PromoteAsync(new Promotion(second, _ann, "again"));
        await AskAsync(host, 60);
        host.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Null(await host.Watch.CheckAsync());
    }

    [Fact]
    public async Task Calls_that_their_callers_cancel_are_no_failures()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await StartAsync(folder);
        using CancellationTokenSource cancelled = new();
        host.Model.BeforeAnswer = async _ =>
        {
            await cancelled.CancelAsync();
            cancelled.Token.ThrowIfCancellationRequested();
        };
        await Assert.ThrowsAsync<OperationCanceledException>(
            () => host.Slot.GetResponseAsync([new ChatMessage(ChatRole.User, "hello")], cancellationToken: cancelled.Token));

        Assert.Equal(ReleaseFigures.None, host.Services.GetRequiredService<ReleaseSignals>().Of("base"));
    }

    [Fact]
    public async Task A_canarys_time_goes_on_over_a_restart_and_it_is_promoted_for_its_run_with_its_approvals()
    {
        using TemporaryFolder folder = new();
        (string, string)[] settings = [("Unlearning:Canary:Share", "0.5"), ("Unlearning:Canary:MinimumCalls", "60")];
        string id;
        JournalApproval approval;
        await using (ReleaseHost host = await StartAsync(folder, settings))
        {
            id = (await host.SaveAsync("weights")).Id;
            approval = new("bea", host.Clock.GetUtcNow(), "hash");
            await host.Promoter.PromoteAsync(new Promotion(id, Actor.Service, "gates passed") { RunId = "run", Approvals = [approval] });
            await AskAsync(host, 300);
        }

        // Its calls are counted anew.
        await using ReleaseHost restarted = await StartAsync(folder, settings);
        restarted.Check.Approvals = [approval];
        restarted.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Null(await restarted.Watch.CheckAsync());
        await AskAsync(restarted, 300);
        JournalEntry entry = (await restarted.Watch.CheckAsync())!;
        Assert.Equal((JournalAction.Promoted, id, "run"), (entry.Action, entry.ReleaseId, entry.RunId));
        Assert.Equal([approval], entry.Approvals);
    }

    private static async Task<ReleaseHost> StartAsync(TemporaryFolder folder, params (string Key, string Value)[] settings)
    {
        ReleaseHost host = await ReleaseHost.StartAsync(folder.Path, settings: settings.ToDictionary(one => one.Key, one => (string?)one.Value));
        await host.MigrateAsync();
        return host;
    }

    private static async Task AskAsync(ReleaseHost host, int times)
    {
        for (int i = 0; i < times; i++)
        {
            try
            {
                await host.Slot.GetResponseAsync([new ChatMessage(ChatRole.User, $"conversation {i}")]);
            }
            catch (IOException)
            {
            }
        }
    }

    private static async Task<(string Id, Guid[] Incidents)> ReleaseOfIncidentsAsync(ReleaseHost host, int count)
    {
        IncidentStore store = host.Services.GetRequiredService<IncidentStore>();
        Guid[] incidents = [.. (await store.RecordAsync([.. Enumerable.Range(0, count).Select(i => Observe.Harmful($"f{i}") with { AutoAccept = true })]))
            .Select(incident => incident.Id)];
        return ((await SaveOfRunAsync(host, "first", await RunAsync(host, incidents), Release.BaseId)).Id, incidents);
    }

    private static async Task<string> RunAsync(ReleaseHost host, Guid[] incidents)
    {
        RunStore runs = host.Services.GetRequiredService<RunStore>();
        string run = (await runs.StartAsync("test", null)).Run.RunId;
        await runs.SaveManifestAsync(run, "{}", incidents);
        await runs.CompleteAsync(run, new RunOutcome("pass", null, "passed"));
        return run;
    }

    private static Task<Release> SaveOfRunAsync(ReleaseHost host, string content, string run, string parent) => host.Store.SaveAsync(
        ReleaseHost.Manifest(parent) with { RunId = run }, (staging, _) => ReleaseHost.WriteContentAsync(staging, content));

    private static async Task RecurAsync(ReleaseHost host, string release, int count) =>
        await host.Services.GetRequiredService<IncidentStore>().RecordAsync(
        [
            .. Enumerable.Range(0, count).Select(i => Observe.Harmful($"f{i}") with
            {
                ReleaseLineage = host.Store.Lineage(release),
                At = host.Clock.GetUtcNow(),
            }),
        ]);
}
