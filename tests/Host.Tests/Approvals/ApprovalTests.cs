using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Unlearning.Host.Approvals;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Identity;
using Unlearning.Host.Jobs;
using Unlearning.Host.Jobs.Triggers;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Control;
using Unlearning.Host.Runs.Sets;
using Unlearning.Host.Runs.Stages;
using Unlearning.Host.Tests.Api;
using Unlearning.Host.Tests.Jobs;
using Unlearning.Host.Tests.Reports;
using Unlearning.Host.Tests.Storage;
using Unlearning.Plugin.Functions;
using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Tests.Approvals;

public sealed class ApprovalTests : IDisposable
{
    private const string Gate = "Unlearning:Gates:whole";

    private static readonly Actor _ada = Person("ada"), _ben = Person("ben"), _eva = Person("eva");

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_release_goes_live_only_after_a_second_person_approved_it_and_the_wait_survives_a_restart()
    {
        string runId, release;
        await using (JobHost host = await StartAsync(required: 1))
        {
            (runId, release) = await WaitingRunAsync(host);
            Assert.Equal(Release.BaseId, Live(host));
            RunStatus status = (await host.Runs.GetAsync(runId))!;
            Assert.Equal(("awaiting_approval", "approve", release), (status.State, status.Stage, status.ReleaseId));
            Assert.Contains(release, status.NextStep, StringComparison.Ordinal);
        }

        await using JobHost restarted = await StartAsync(required: 1);
        ApprovalStore approvals = restarted.Services.GetRequiredService<ApprovalStore>();
        ApprovalException own = await Assert.ThrowsAsync<ApprovalException>(() => approvals.DecideAsync(release, _ada, Role.Admin, true, "mine is good"));
        Assert.True(own.IsForbidden);
        Assert.Contains("nobody approves what they proposed", own.Message, StringComparison.Ordinal);
        ApprovalException role = await Assert.ThrowsAsync<ApprovalException>(() => approvals.DecideAsync(release, _ben, Role.Operator, true, "fine"));
        Assert.True(role.IsForbidden);
        Assert.Contains("is decided by approver or admin, not by operator", role.Message, StringComparison.Ordinal);
        Assert.Equal(ApprovalState.Waiting, (await approvals.StatusOfAsync(release)).State);

        ApprovalStatus decided = await approvals.DecideAsync(release, _ben, Role.Approver, true, "the numbers are good");
        Assert.Equal((ApprovalState.Approved, "ben"), (decided.State, decided.ApprovedBy.Single()));
        await restarted.InState(runId, RunState.Completed);
        Assert.Equal(release, Live(restarted));
        Approval kept = Assert.Single(await approvals.ListAsync(release));
        Assert.Equal(("ben", "approver", "the numbers are good", decided.Proposal), (kept.By, kept.Role, kept.Reason, kept.Proposal));
    }

    [Fact]
    public async Task Two_approvals_are_two_people_however_often_one_of_them_approves()
    {
        await using JobHost host = await StartAsync(required: 2);
        (string runId, string release) = await WaitingRunAsync(host);
        ApprovalStore approvals = host.Services.GetRequiredService<ApprovalStore>();
        await approvals.DecideAsync(release, _ben, Role.Approver, true, "good");
        Assert.Equal(ApprovalState.Waiting, (await approvals.DecideAsync(release, _ben, Role.Admin, true, "really good")).State);
        Assert.Equal(ApprovalState.Approved, (await approvals.DecideAsync(release, _eva, Role.Approver, true, "good")).State);
        await host.InState(runId, RunState.Completed);
        Assert.Equal(release, Live(host));
    }

    [Fact]
    public async Task A_rejection_ends_the_run_and_nothing_goes_live()
    {
        await using JobHost host = await StartAsync(required: 1);
        (string runId, string release) = await WaitingRunAsync(host);
        ApprovalStore approvals = host.Services.GetRequiredService<ApprovalStore>();
        await approvals.DecideAsync(release, _ben, Role.Approver, false, "over-refusal");
        await host.InState(runId, RunState.Completed);
        Assert.Equal(Release.BaseId, Live(host));
        Assert.StartsWith("Rejected by ben", (await host.Store.FindAsync(runId))!.Explanation, StringComparison.Ordinal);
        Assert.False((await Assert.ThrowsAsync<ApprovalException>(() => approvals.DecideAsync(release, _eva, Role.Approver, true, "but"))).IsForbidden);
    }

    [Fact]
    public async Task An_approval_of_what_was_changed_since_is_void()
    {
        await using JobHost host = await StartAsync(required: 2);
        (string runId, string release) = await WaitingRunAsync(host);
        ApprovalStore approvals = host.Services.GetRequiredService<ApprovalStore>();
        string before = (await approvals.DecideAsync(release, _ben, Role.Approver, true, "good")).Proposal;

        // The gate still passes, but it is another gate.
        Configure(host, $"{Gate}:Threshold", "0.9");
        ApprovalStatus after = await approvals.DecideAsync(release, _eva, Role.Approver, true, "good");
        Assert.NotEqual(before, after.Proposal);
        Assert.Equal((ApprovalState.Waiting, "eva", 1), (after.State, after.ApprovedBy.Single(), after.Void));

        // A gate that no longer passes ends the run, whoever approved.
        Configure(host, $"{Gate}:Threshold", "-1");
        Assert.False((await Assert.ThrowsAsync<ApprovalException>(() => approvals.DecideAsync(release, _ben, Role.Approver, true, "good"))).IsForbidden);
        await host.Services.GetRequiredService<Host.Jobs.RunScheduler>().TriggerAsync(runId);
        await host.InState(runId, RunState.Completed);
        Assert.Equal(Release.BaseId, Live(host));
    }

    [Fact]
    public async Task An_approval_under_other_policies_is_void()
    {
        FakePolicies policies = new();
        await using JobHost host = await StartAsync(2, policies);
        (string runId, string release) = await WaitingRunAsync(host);
        ApprovalStore approvals = host.Services.GetRequiredService<ApprovalStore>();
        await approvals.DecideAsync(release, _ben, Role.Approver, true, "good");

        policies.Current = new PolicySet([], "edited");
        ApprovalStatus after = await approvals.DecideAsync(release, _eva, Role.Approver, true, "good");
        Assert.Equal((ApprovalState.Waiting, "eva", 1), (after.State, after.ApprovedBy.Single(), after.Void));
        Assert.Equal(ApprovalState.Approved, (await approvals.DecideAsync(release, _ben, Role.Approver, true, "good, too")).State);
        await host.InState(runId, RunState.Completed);
        Assert.Equal(release, Live(host));
    }

    [Fact]
    public async Task A_release_that_was_changed_while_it_waited_is_approved_by_nobody_and_does_not_go_live()
    {
        await using JobHost host = await StartAsync(required: 2);
        (string runId, string release) = await WaitingRunAsync(host);
        ApprovalStore approvals = host.Services.GetRequiredService<ApprovalStore>();
        await approvals.DecideAsync(release, _ben, Role.Approver, true, "good");

        string weights = host.Services.GetRequiredService<ReleaseStore>().Verify(release).AdapterFolder;
        await File.AppendAllTextAsync(Path.Combine(weights, "adapter_model.safetensors"), "others");
        await Assert.ThrowsAsync<ReleaseException>(() => approvals.DecideAsync(release, _eva, Role.Approver, true, "good"));
        await Assert.ThrowsAsync<ReleaseException>(() => host.Services.GetRequiredService<PromotionGuard>().RequireAsync(release));
        Assert.Single(await approvals.ListAsync(release));

        // The look of every minute finds it.
        await (await host.SchedulerAsync()).TriggerJob(TriggerJob.Key);
        await host.InState(runId, RunState.Failed);
        Assert.Contains("were changed", (await host.Runs.GetAsync(runId))!.Error, StringComparison.Ordinal);
        Assert.Equal(Release.BaseId, Live(host));
    }

    [Fact]
    public async Task A_rejection_stands_whatever_gates_and_policies_become()
    {
        await using JobHost host = await StartAsync(required: 1);
        (string runId, string release) = await WaitingRunAsync(host);
        ApprovalStore approvals = host.Services.GetRequiredService<ApprovalStore>();
        await approvals.DecideAsync(release, _ben, Role.Approver, false, "over-refusal");
        await host.InState(runId, RunState.Completed);

        // Another gate that passes, and nobody who has to approve: an operator alone must not put it in front of users.
        Configure(host, $"{Gate}:Threshold", "0.9");
        host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<ApprovalOptions>>().Value.Required = 0;
        Assert.Equal((ApprovalState.Rejected, "ben"), ((await approvals.StatusOfAsync(release)).State, (await approvals.StatusOfAsync(release)).RejectedBy));
        ApprovalException refused = await Assert.ThrowsAsync<ApprovalException>(() => host.Services.GetRequiredService<PromotionGuard>().RequireAsync(release));
        Assert.Contains("Rejected by ben", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_decided_just_before_the_process_died_is_done_at_the_next_start(bool approve)
    {
        string runId, release;
        await using (JobHost host = await StartAsync(required: 1))
        {
            (runId, release) = await WaitingRunAsync(host);
            await (await host.SchedulerAsync()).Standby();
            await host.Services.GetRequiredService<ApprovalStore>().DecideAsync(release, _ben, Role.Approver, approve, "decided");
            Assert.Equal(RunState.AwaitingApproval, (await host.Store.FindAsync(runId))!.State);
        }

        // The decision was committed, and nobody was told of it.
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        foreach (string schedule in Directory.GetFiles(_folder.Path, "quartz.db*"))
            File.Delete(schedule);
        await using JobHost restarted = await StartAsync(required: 1);
        await restarted.InState(runId, RunState.Completed);
        Assert.Equal(approve ? release : Release.BaseId, Live(restarted));
    }

    [Fact]
    public async Task An_approval_and_a_wait_last_until_they_expire()
    {
        await using JobHost host = await StartAsync(required: 2);
        (string runId, string release) = await WaitingRunAsync(host);
        ApprovalStore approvals = host.Services.GetRequiredService<ApprovalStore>();
        ApprovalStatus status = await approvals.DecideAsync(release, _ben, Role.Approver, true, "good");
        Assert.Equal(_clock.GetUtcNow().AddHours(5), status.Until!.Value, TimeSpan.FromMinutes(1));

        // The look of every minute, had at once, finds that its time is over.
        _clock.Advance(TimeSpan.FromHours(6));
        await (await host.SchedulerAsync()).TriggerJob(TriggerJob.Key);
        await host.InState(runId, RunState.Completed);
        Assert.Contains("Nobody approved it in time.", (await host.Store.FindAsync(runId))!.Explanation, StringComparison.Ordinal);
        Assert.Equal((0, 1), ((await approvals.StatusOfAsync(release)).ApprovedBy.Count, (await approvals.StatusOfAsync(release)).Void));
        Assert.Equal(Release.BaseId, Live(host));
    }

    [Theory]
    [InlineData("16:00", true)]
    [InlineData("17:00", false)]
    public async Task A_release_waits_for_the_end_of_quiet_hours_only_where_its_approvals_last_until_then(string end, bool lasts)
    {
        // Approved at noon, for five hours.
        await using JobHost host = await StartAsync(required: 1, ("Unlearning:Schedule:QuietHours:0:From", "11:00"), ("Unlearning:Schedule:QuietHours:0:To", end));
        (string runId, string release) = await WaitingRunAsync(host, RunTriggers.Schedule);
        await host.Services.GetRequiredService<ApprovalStore>().DecideAsync(release, _ben, Role.Approver, true, "good");

        RunState expected = lasts ? RunState.Running : RunState.Completed;
        await host.InState(runId, expected);
        string explanation = (await host.Store.FindAsync(runId))!.Explanation!;
        Assert.Contains(
            lasts ? "goes live when the quiet hours end, at 2026-03-02 16:00" : "Approved by ben, but only until 2026-03-02 17:00:00Z, and the quiet hours last until 2026-03-02 17:00",
            explanation,
            StringComparison.Ordinal);
        Assert.Equal(Release.BaseId, Live(host));
    }

    [Fact]
    public async Task An_approval_that_became_too_old_is_not_called_none()
    {
        await using JobHost host = await StartAsync(required: 1, ("Unlearning:Schedule:QuietHours:0:From", "11:00"), ("Unlearning:Schedule:QuietHours:0:To", "16:00"));
        (string runId, string release) = await WaitingRunAsync(host, RunTriggers.Schedule);
        await host.Services.GetRequiredService<ApprovalStore>().DecideAsync(release, _ben, Role.Approver, true, "good");
        await host.InState(runId, RunState.Running);

        // The service was away when they ended.
        _clock.Advance(TimeSpan.FromHours(6));
        await host.Services.GetRequiredService<RunScheduler>().TriggerAsync(runId);
        await host.InState(runId, RunState.Completed);
        Assert.Contains(
            "does not go live. Approved by ben, but too long ago: an approval counts for 5 hours.", (await host.Store.FindAsync(runId))!.Explanation, StringComparison.Ordinal);
        Assert.Equal(Release.BaseId, Live(host));
    }

    [Fact]
    public async Task Whoever_proposed_a_release_may_not_approve_it_after_another_person_retried_the_run()
    {
        await using JobHost host = await StartAsync(required: 1);
        (string runId, string release) = await WaitingRunAsync(host);
        ApprovalStore approvals = host.Services.GetRequiredService<ApprovalStore>();
        await approvals.DecideAsync(release, _ben, Role.Approver, false, "not yet");
        await host.InState(runId, RunState.Completed);

        // A person away, over a run of its own release; and the same release again.
        _clock.Advance(TimeSpan.FromMinutes(1));
        RunRecord other = (await host.Store.StartAsync(new RunStart("again") { StartedBy = "ben", RetryOf = runId, RetryFrom = RunStage.Gate })).Run;
        await host.Store.CompleteAsync(other.RunId, new RunOutcome("pass", null, "nothing"));
        RunRecord again = (await host.Store.StartAsync(
            new RunStart("again") { StartedBy = "carl", RetryOf = other.RunId, RetryFrom = RunStage.Approve })).Run;
        string another = await SaveReleaseAsync(host, again.RunId, "other weights");
        await host.Store.AwaitApprovalAsync(again.RunId, new RunOutcome("pass", another, "waits"));
        foreach (Actor own in new[] { _ada, _ben, Person("carl") })
        {
            ApprovalException refused = await Assert.ThrowsAsync<ApprovalException>(() => approvals.DecideAsync(another, own, Role.Approver, true, "good"));
            Assert.True(refused.IsForbidden);
        }

        await host.Store.CompleteAsync(again.RunId, new RunOutcome("pass", another, "over"));
        _clock.Advance(TimeSpan.FromMinutes(1));
        RunRecord same = (await host.Store.StartAsync(new RunStart("the same") { StartedBy = "dora" })).Run;
        await host.Store.AwaitApprovalAsync(same.RunId, new RunOutcome("pass", release, "waits"));
        await Assert.ThrowsAsync<ApprovalException>(() => approvals.DecideAsync(release, _ada, Role.Approver, true, "good"));
        Assert.Equal("eva", (await approvals.DecideAsync(release, _eva, Role.Approver, true, "good")).ApprovedBy.Single());
    }

    [Fact]
    public async Task Nobody_puts_a_release_in_front_of_users_whose_gates_do_not_pass_now_or_that_was_rejected_even_where_nobody_has_to_approve()
    {
        await using JobHost host = await StartAsync(required: 1);
        (string runId, string release) = await WaitingRunAsync(host);
        PromotionGuard guard = host.Services.GetRequiredService<PromotionGuard>();
        Assert.Contains("waits for 1 more", (await Assert.ThrowsAsync<ApprovalException>(() => guard.RequireAsync(release))).Message, StringComparison.Ordinal);
        ApprovalOptions options = host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<ApprovalOptions>>().Value;
        options.Required = 0;
        Assert.Empty(await guard.RequireAsync(release));

        Configure(host, $"{Gate}:Threshold", "-1");
        Assert.Contains("its gates as they are now", (await Assert.ThrowsAsync<ApprovalException>(() => guard.RequireAsync(release))).Message, StringComparison.Ordinal);

        Configure(host, $"{Gate}:Threshold", "1");
        options.Required = 1;
        await host.Services.GetRequiredService<ApprovalStore>().DecideAsync(release, _ben, Role.Approver, false, "over-refusal");
        await host.InState(runId, RunState.Completed);
        options.Required = 0;
        Assert.Contains("Rejected by ben", (await Assert.ThrowsAsync<ApprovalException>(() => guard.RequireAsync(release))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_look_of_every_minute_leaves_a_run_alone_that_has_only_to_wait()
    {
        await using JobHost host = await StartAsync(required: 1);
        (string runId, _) = await WaitingRunAsync(host);
        await LookAsync();
        await LookAsync();
        Assert.Equal([runId], host.Pipeline.Executed);

        // A gate that no longer passes ends it.
        Configure(host, $"{Gate}:Threshold", "-1");
        await LookAsync();
        await host.InState(runId, RunState.Completed);

        async Task LookAsync()
        {
            await ActivatorUtilities.CreateInstance<TriggerJob>(host.Services).Execute(null!);
            Quartz.IScheduler scheduler = await host.SchedulerAsync();
            await JobHost.Eventually(async () =>
                (await scheduler.QueryTriggers(new Quartz.TriggerQuery())).Items.All(trigger => trigger.JobKey != Host.Jobs.UnlearningJob.Key)
                && (await scheduler.QueryFireInstances(new Quartz.FireInstanceQuery())).Items.Count == 0);
        }
    }

    [Fact]
    public void The_strictest_of_several_requirements_is_the_most_people_of_common_roles_in_the_shortest_time()
    {
        ApprovalRequirement none = new(0, [Role.Admin], TimeSpan.FromHours(1));
        ApprovalRequirement one = new(1, [Role.Approver, Role.Admin], TimeSpan.FromHours(72)), two = new(2, [Role.Approver], TimeSpan.FromHours(24));
        Assert.Equal(one, ApprovalRequirement.Strictest(none, [one]));
        Assert.Equal(one, ApprovalRequirement.Strictest(one, [none]));
        ApprovalRequirement both = ApprovalRequirement.Strictest(one, [two]);
        Assert.Equal((2, TimeSpan.FromHours(24), Role.Approver), (both.Count, both.Expires, both.Roles.Single()));
    }

    private static Actor Person(string name) => new(name, Permissions.All);

    private static string Live(JobHost host) => host.Services.GetRequiredService<LiveReleaseJournal>().Read().Current;

    private static void Configure(JobHost host, string key, string value) =>
        host.Services.GetRequiredService<Microsoft.Extensions.Configuration.IConfiguration>()[key] = value;

    private static async Task<(string RunId, string Release)> WaitingRunAsync(JobHost host, string? trigger = null)
    {
        string runId;
        if (trigger is null)
        {
            runId = (await host.Control.StartAsync(new StartRunRequest("reason"), _ada)).RunId;
        }
        else
        {
            runId = (await host.Store.StartAsync(new RunStart("reason") { Trigger = trigger, StartedBy = Actor.Service.Name })).Run.RunId;
            await host.Services.GetRequiredService<RunScheduler>().TriggerAsync(runId);
        }

        await host.InState(runId, RunState.AwaitingApproval);
        return (runId, (await host.Store.FindAsync(runId))!.ReleaseId!);
    }

    private Task<JobHost> StartAsync(int required, params (string Key, string Value)[] more) => StartAsync(required, null, more);

    private async Task<JobHost> StartAsync(int required, IPolicySource? policies, params (string Key, string Value)[] more) => await JobHost.StartAsync(
        _folder.Path,
        time: _clock,
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

    private static async Task<string> SaveReleaseAsync(JobHost host, string runId, string weights, CancellationToken stop = default)
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
