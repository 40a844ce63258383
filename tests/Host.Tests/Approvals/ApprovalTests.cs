using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Approvals;
using Unlearning.Host.Identity;
using Unlearning.Host.Jobs;
using Unlearning.Host.Jobs.Triggers;
using Unlearning.Host.Releases;
using Unlearning.Host.Runs;
using Unlearning.Host.Tests.Jobs;
using Unlearning.Plugin.Functions;
using static Unlearning.Host.Tests.Approvals.ApprovalScene;

namespace Unlearning.Host.Tests.Approvals;

public sealed class ApprovalTests : IDisposable
{
    private readonly ApprovalScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task A_release_goes_live_only_after_a_second_person_approved_it_and_the_wait_survives_a_restart()
    {
        string runId, release;
        await using (JobHost host = await _scene.StartAsync(required: 1))
        {
            (runId, release) = await WaitingRunAsync(host);
            Assert.Equal(Release.BaseId, Live(host));
            RunStatus status = (await host.Runs.GetAsync(runId))!;
            Assert.Equal(("awaiting_approval", "approve", release), (status.State, status.Stage, status.ReleaseId));
            Assert.Contains(release, status.NextStep, StringComparison.Ordinal);
        }

        await using JobHost restarted = await _scene.StartAsync(required: 1);
        ApprovalStore approvals = restarted.Services.GetRequiredService<ApprovalStore>();
        ApprovalException own = await Assert.ThrowsAsync<ApprovalException>(() => approvals.DecideAsync(release, Ada, Role.Admin, true, "mine is good"));
        Assert.True(own.IsForbidden);
        Assert.Contains("nobody approves what they proposed", own.Message, StringComparison.Ordinal);
        ApprovalException role = await Assert.ThrowsAsync<ApprovalException>(() => approvals.DecideAsync(release, Ben, Role.Operator, true, "fine"));
        Assert.True(role.IsForbidden);
        Assert.Contains("is decided by approver or admin, not by operator", role.Message, StringComparison.Ordinal);
        Assert.Equal(ApprovalState.Waiting, (await approvals.StatusOfAsync(release)).State);

        ApprovalStatus decided = await approvals.DecideAsync(release, Ben, Role.Approver, true, "the numbers are good");
        Assert.Equal((ApprovalState.Approved, "ben"), (decided.State, decided.ApprovedBy.Single()));
        await restarted.InState(runId, RunState.Completed);
        Assert.Equal(release, Live(restarted));
        Approval kept = Assert.Single(await approvals.ListAsync(release));
        Assert.Equal(("ben", "approver", "the numbers are good", decided.Proposal), (kept.By, kept.Role, kept.Reason, kept.Proposal));
    }

    [Fact]
    public async Task Two_approvals_are_two_people_however_often_one_of_them_approves()
    {
        await using JobHost host = await _scene.StartAsync(required: 2);
        (string runId, string release) = await WaitingRunAsync(host);
        ApprovalStore approvals = host.Services.GetRequiredService<ApprovalStore>();
        await approvals.DecideAsync(release, Ben, Role.Approver, true, "good");
        Assert.Equal(ApprovalState.Waiting, (await approvals.DecideAsync(release, Ben, Role.Admin, true, "really good")).State);
        Assert.Equal(ApprovalState.Approved, (await approvals.DecideAsync(release, Eva, Role.Approver, true, "good")).State);
        await host.InState(runId, RunState.Completed);
        Assert.Equal(release, Live(host));
    }

    [Fact]
    public async Task A_rejection_ends_the_run_and_nothing_goes_live()
    {
        await using JobHost host = await _scene.StartAsync(required: 1);
        (string runId, string release) = await WaitingRunAsync(host);
        ApprovalStore approvals = host.Services.GetRequiredService<ApprovalStore>();
        await approvals.DecideAsync(release, Ben, Role.Approver, false, "over-refusal");
        await host.InState(runId, RunState.Completed);
        Assert.Equal(Release.BaseId, Live(host));
        Assert.StartsWith("Rejected by ben", (await host.Store.FindAsync(runId))!.Explanation, StringComparison.Ordinal);
        Assert.False((await Assert.ThrowsAsync<ApprovalException>(() => approvals.DecideAsync(release, Eva, Role.Approver, true, "but"))).IsForbidden);
    }

    [Fact]
    public async Task An_approval_and_a_wait_last_until_they_expire()
    {
        await using JobHost host = await _scene.StartAsync(required: 2);
        (string runId, string release) = await WaitingRunAsync(host);
        ApprovalStore approvals = host.Services.GetRequiredService<ApprovalStore>();
        ApprovalStatus status = await approvals.DecideAsync(release, Ben, Role.Approver, true, "good");
        Assert.Equal(_scene.Clock.GetUtcNow().AddHours(5), status.Until!.Value, TimeSpan.FromMinutes(1));

        // The look of every minute, had at once, finds that its time is over.
        _scene.Clock.Advance(TimeSpan.FromHours(6));
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
        await using JobHost host = await _scene.StartAsync(required: 1, ("Unlearning:Schedule:QuietHours:0:From", "11:00"), ("Unlearning:Schedule:QuietHours:0:To", end));
        (string runId, string release) = await WaitingRunAsync(host, RunTriggers.Schedule);
        await host.Services.GetRequiredService<ApprovalStore>().DecideAsync(release, Ben, Role.Approver, true, "good");

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
        await using JobHost host = await _scene.StartAsync(required: 1, ("Unlearning:Schedule:QuietHours:0:From", "11:00"), ("Unlearning:Schedule:QuietHours:0:To", "16:00"));
        (string runId, string release) = await WaitingRunAsync(host, RunTriggers.Schedule);
        await host.Services.GetRequiredService<ApprovalStore>().DecideAsync(release, Ben, Role.Approver, true, "good");
        await host.InState(runId, RunState.Running);

        // The service was away when they ended.
        _scene.Clock.Advance(TimeSpan.FromHours(6));
        await host.Services.GetRequiredService<RunScheduler>().TriggerAsync(runId);
        await host.InState(runId, RunState.Completed);
        Assert.Contains(
            "does not go live. Approved by ben, but too long ago: an approval counts for 5 hours.", (await host.Store.FindAsync(runId))!.Explanation, StringComparison.Ordinal);
        Assert.Equal(Release.BaseId, Live(host));
    }

    [Fact]
    public async Task Whoever_proposed_a_release_may_not_approve_it_after_another_person_retried_the_run()
    {
        await using JobHost host = await _scene.StartAsync(required: 1);
        (string runId, string release) = await WaitingRunAsync(host);
        ApprovalStore approvals = host.Services.GetRequiredService<ApprovalStore>();
        await approvals.DecideAsync(release, Ben, Role.Approver, false, "not yet");
        await host.InState(runId, RunState.Completed);

        // A person away, over a run of its own release; and the same release again.
        _scene.Clock.Advance(TimeSpan.FromMinutes(1));
        RunRecord other = (await host.Store.StartAsync(new RunStart("again") { StartedBy = "ben", RetryOf = runId, RetryFrom = RunStage.Gate })).Run;
        await host.Store.CompleteAsync(other.RunId, new RunOutcome("pass", null, "nothing"));
        RunRecord again = (await host.Store.StartAsync(
            new RunStart("again") { StartedBy = "carl", RetryOf = other.RunId, RetryFrom = RunStage.Approve })).Run;
        string another = await SaveReleaseAsync(host, again.RunId, "other weights");
        await host.Store.AwaitApprovalAsync(again.RunId, new RunOutcome("pass", another, "waits"));
        foreach (Actor own in new[] { Ada, Ben, Person("carl") })
        {
            ApprovalException refused = await Assert.ThrowsAsync<ApprovalException>(() => approvals.DecideAsync(another, own, Role.Approver, true, "good"));
            Assert.True(refused.IsForbidden);
        }

        await host.Store.CompleteAsync(again.RunId, new RunOutcome("pass", another, "over"));
        _scene.Clock.Advance(TimeSpan.FromMinutes(1));
        RunRecord same = (await host.Store.StartAsync(new RunStart("the same") { StartedBy = "dora" })).Run;
        await host.Store.AwaitApprovalAsync(same.RunId, new RunOutcome("pass", release, "waits"));
        await Assert.ThrowsAsync<ApprovalException>(() => approvals.DecideAsync(release, Ada, Role.Approver, true, "good"));
        Assert.Equal("eva", (await approvals.DecideAsync(release, Eva, Role.Approver, true, "good")).ApprovedBy.Single());
    }

    [Fact]
    public async Task Nobody_puts_a_release_in_front_of_users_whose_gates_do_not_pass_now_or_that_was_rejected_even_where_nobody_has_to_approve()
    {
        await using JobHost host = await _scene.StartAsync(required: 1);
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
        await host.Services.GetRequiredService<ApprovalStore>().DecideAsync(release, Ben, Role.Approver, false, "over-refusal");
        await host.InState(runId, RunState.Completed);
        options.Required = 0;
        Assert.Contains("Rejected by ben", (await Assert.ThrowsAsync<ApprovalException>(() => guard.RequireAsync(release))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_look_of_every_minute_leaves_a_run_alone_that_has_only_to_wait()
    {
        await using JobHost host = await _scene.StartAsync(required: 1);
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
}
