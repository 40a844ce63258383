using System.Collections.Concurrent;
using Unlearning.Host.Runs;

namespace Unlearning.Host.Tests.Jobs;

/// <summary>A pipeline that notes what it is asked and does what the test says.</summary>
internal sealed class FakePipeline(RunProgressFeed feed) : IRunPipeline
{
    public ConcurrentQueue<string> Executed { get; } = new();

    public ConcurrentQueue<string> Reasons { get; } = new();

    public TaskCompletionSource Began { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Func<string, CancellationToken, Task<RunOutcome>> Work { get; set; } =
        (_, _) => Task.FromResult(new RunOutcome("pass", "0123456789abcdef", "All gates passed."));

    public async Task<RunOutcome> ExecuteAsync(string runId, string reason, CancellationToken cancellationToken)
    {
        Executed.Enqueue(runId);
        Reasons.Enqueue(reason);
        feed.Report(runId, new RunProgress { Stage = RunStage.Unlearn, Step = 3, TotalSteps = 40, Losses = new Dictionary<string, double> { ["forget"] = 0.5, ["kl"] = double.NaN } });
        Began.TrySetResult();
        return await Work(runId, cancellationToken);
    }
}
