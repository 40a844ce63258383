using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Approvals;
using Unlearning.Host.Identity;
using Unlearning.Host.Jobs.Triggers;
using Unlearning.Host.Releases;
using Unlearning.Host.Runs;
using Unlearning.Host.Tests.Api;
using Unlearning.Host.Tests.Jobs;
using Unlearning.Plugin.Policies;
using static Unlearning.Host.Tests.Approvals.ApprovalScene;

namespace Unlearning.Host.Tests.Approvals;

/// <summary>What a decision is worth once something else has changed.</summary>
public sealed class ChangedSinceTests : IDisposable
{
    private readonly ApprovalScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task An_approval_of_what_was_changed_since_is_void()
    {
        await using JobHost host = await _scene.StartAsync(required: 2);
        (string runId, string release) = await WaitingRunAsync(host);
        ApprovalStore approvals = host.Services.GetRequiredService<ApprovalStore>();
        string before = (await approvals.DecideAsync(release, Ben, Role.Approver, true, "good")).Proposal;

        // The gate still passes, but it is another gate.
        Configure(host, $"{Gate}:Threshold", "0.9");
        ApprovalStatus after = await approvals.DecideAsync(release, Eva, Role.Approver, true, "good");
        Assert.NotEqual(before, after.Proposal);
        Assert.Equal((ApprovalState.Waiting, "eva", 1), (after.State, after.ApprovedBy.Single(), after.Void));

        // A gate that no longer passes ends the run, whoever approved.
        Configure(host, $"{Gate}:Threshold", "-1");
        Assert.False((await Assert.ThrowsAsync<ApprovalException>(() => approvals.DecideAsync(release, Ben, Role.Approver, true, "good"))).IsForbidden);
        await host.Services.GetRequiredService<Host.Jobs.RunScheduler>().TriggerAsync(runId);
        await host.InState(runId, RunState.Completed);
        Assert.Equal(Release.BaseId, Live(host));
    }

    [Fact]
    public async Task An_approval_under_other_policies_is_void()
    {
        FakePolicies policies = new();
        await using JobHost host = await _scene.StartAsync(2, policies);
        (string runId, string release) = await WaitingRunAsync(host);
        ApprovalStore approvals = host.Services.GetRequiredService<ApprovalStore>();
        await approvals.DecideAsync(release, Ben, Role.Approver, true, "good");

        policies.Current = new PolicySet([], "edited");
        ApprovalStatus after = await approvals.DecideAsync(release, Eva, Role.Approver, true, "good");
        Assert.Equal((ApprovalState.Waiting, "eva", 1), (after.State, after.ApprovedBy.Single(), after.Void));
        Assert.Equal(ApprovalState.Approved, (await approvals.DecideAsync(release, Ben, Role.Approver, true, "good, too")).State);
        await host.InState(runId, RunState.Completed);
        Assert.Equal(release, Live(host));
    }

    [Fact]
    public async Task A_release_that_was_changed_while_it_waited_is_approved_by_nobody_and_does_not_go_live()
    {
        await using JobHost host = await _scene.StartAsync(required: 2);
        (string runId, string release) = await WaitingRunAsync(host);
        ApprovalStore approvals = host.Services.GetRequiredService<ApprovalStore>();
        await approvals.DecideAsync(release, Ben, Role.Approver, true, "good");

        string weights = host.Services.GetRequiredService<ReleaseStore>().Verify(release).AdapterFolder;
        await File.AppendAllTextAsync(Path.Combine(weights, "adapter_model.safetensors"), "others");
        await Assert.ThrowsAsync<ReleaseException>(() => approvals.DecideAsync(release, Eva, Role.Approver, true, "good"));
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
        await using JobHost host = await _scene.StartAsync(required: 1);
        (string runId, string release) = await WaitingRunAsync(host);
        ApprovalStore approvals = host.Services.GetRequiredService<ApprovalStore>();
        await approvals.DecideAsync(release, Ben, Role.Approver, false, "over-refusal");
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
        await using (JobHost host = await _scene.StartAsync(required: 1))
        {
            (runId, release) = await WaitingRunAsync(host);
            await (await host.SchedulerAsync()).Standby();
            await host.Services.GetRequiredService<ApprovalStore>().DecideAsync(release, Ben, Role.Approver, approve, "decided");
            Assert.Equal(RunState.AwaitingApproval, (await host.Store.FindAsync(runId))!.State);
        }

        // The decision was committed, and nobody was told of it.
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        foreach (string schedule in Directory.GetFiles(_scene.Folder, "quartz.db*"))
            File.Delete(schedule);
        await using JobHost restarted = await _scene.StartAsync(required: 1);
        await restarted.InState(runId, RunState.Completed);
        Assert.Equal(approve ? release : Release.BaseId, Live(restarted));
    }
}
