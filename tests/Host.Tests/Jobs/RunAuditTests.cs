using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Audit;
using Unlearning.Host.Identity;
using Unlearning.Host.Runs;
using Unlearning.Host.Tests.Storage;
using Unlearning.Plugin.Functions;

namespace Unlearning.Host.Tests.Jobs;

public sealed class RunAuditTests
{
    private static readonly Actor _ada = new("ada", Permissions.All);

    [Fact]
    public async Task The_end_a_cancellation_and_a_retry_are_in_the_audit_with_who_and_why()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path);
        host.Pipeline.Work = (_, _) => Task.FromResult(new RunOutcome("fail", "0123456789abcdef", "Over-refusal rose."));
        string ended = (await host.Control.StartAsync(new StartRunRequest("because"), _ada)).RunId;
        await host.InState(ended, RunState.Completed);
        host.Pipeline.RunForever();
        string again = (await host.Control.RetryAsync(ended, RunStage.Select, new Actor("ben", Permissions.All), "once more")).RunId;
        await host.InState(again, RunState.Running);
        await host.Control.CancelAsync(again, _ada, "not tonight");
        await host.InState(again, RunState.Cancelled);

        AuditLog audit = host.Services.GetRequiredService<AuditLog>();
        await JobHost.Eventually(() => Task.FromResult(audit.Read(10, _ => true).Count(Of) == 4));
        AuditEvent[] events = [.. audit.Read(10, _ => true).Where(Of).Reverse().Select(entry => entry.Event)];
        Assert.Equal(
            [("run.start", ended, "ada", "because"), ("run.complete", ended, "service", null), ("run.retry", again, "ben", "once more"), ("run.cancel", again, "ada", "not tonight")],
            events.Select(one => (one.Action, one.Subject, one.Actor, one.Reason)));
        Assert.Equal(("fail", "0123456789abcdef"), (events[1].Details["verdict"], events[1].Details["release"]));
        Assert.Equal((ended, "select"), (events[2].Details["of"], events[2].Details["from"]));
        Assert.Equal("running", events[3].Details["before"]);

        static bool Of(AuditEntry entry) => entry.Event.Action.StartsWith("run.", StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_done_to_a_run_and_what_becomes_of_it_is_in_the_audit_with_who_and_why()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path, configure: JobHost.StopAtCheckpoints);
        string runId = (await host.Control.StartAsync(new StartRunRequest("because"), _ada)).RunId;
        await host.Pipeline.Began.Task;
        await host.Control.PauseAsync(runId, new Actor("ben", Permissions.All), "it is noon");
        await host.InState(runId, RunState.Paused);
        host.Pipeline.Work = (_, _) => throw new InvalidOperationException("what was said");
        await host.Control.ResumeAsync(runId, _ada, "it is night");
        await host.InState(runId, RunState.Failed);

        AuditLog audit = host.Services.GetRequiredService<AuditLog>();
        await JobHost.Eventually(() => Task.FromResult(audit.Read(10, entry => entry.Event.Subject == runId).Count == 4));
        Assert.Equal(
            [("run.start", "ada", "because"), ("run.pause", "ben", "it is noon"), ("run.resume", "ada", "it is night"), ("run.fail", "service", null)],
            audit.Read(10, entry => entry.Event.Subject == runId).Reverse().Select(entry => (entry.Event.Action, entry.Event.Actor, entry.Event.Reason)));
        Assert.DoesNotContain("what was said", await File.ReadAllTextAsync(audit.Path), StringComparison.Ordinal);
    }
}
