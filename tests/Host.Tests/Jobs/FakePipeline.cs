using System.Collections.Concurrent;
using System.Diagnostics;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Progress;

namespace Unlearning.Host.Tests.Jobs;

/// <summary>A pipeline that notes what it is asked and does what the test says.</summary>
internal sealed class FakePipeline(RunProgressFeed feed) : IRunPipeline
{
    public ConcurrentQueue<string> Executed { get; } = new();

    public ConcurrentQueue<string> Reasons { get; } = new();

    public TaskCompletionSource Began { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether it reports nothing, as a run that has only its last stages to do.</summary>
    public bool Silent { get; set; }

    public Func<string, CancellationToken, Task<RunOutcome>> Work { get; set; } =
        (_, _) => Task.FromResult(new RunOutcome("pass", "0123456789abcdef", "All gates passed."));

    /// <summary>Runs until the service stops.</summary>
    public void RunForever() => Work = async (_, stop) =>
    {
        await Task.Delay(Timeout.Infinite, stop);
        throw new UnreachableException();
    };

    public async Task<RunOutcome> ExecuteAsync(string runId, string reason, CancellationToken cancellationToken)
    {
        Executed.Enqueue(runId);
        Reasons.Enqueue(reason);
        Dictionary<string, double> losses = new() { ["forget"] = 0.5, ["kl"] = double.NaN };
        if (!Silent)
        {
            feed.Report(runId, new RunProgress { Stage = RunStage.Unlearn, Step = 3, TotalSteps = 40, Losses = losses });
        }

        Began.TrySetResult();
        return await Work(runId, cancellationToken);
    }
}
