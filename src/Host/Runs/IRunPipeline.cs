using Unlearning.Host.Runs.Progress;

namespace Unlearning.Host.Runs;

/// <summary>One run from selection to promotion: what the scheduled job executes.</summary>
public interface IRunPipeline
{
    /// <summary>
    /// Executes the run, or resumes it where an interrupted call under the same id left off. Every stage is idempotent.
    /// Progress goes to <see cref="RunProgressFeed"/>; the caller records the outcome.
    /// </summary>
    /// <param name="runId">The run's id; the same across interruptions.</param>
    /// <param name="reason">Why it was started, as the operator or the schedule put it.</param>
    /// <param name="cancellationToken">Cancelled when the service stops: save a checkpoint and throw.</param>
    /// <exception cref="OperationCanceledException">The service is stopping; the run will be resumed.</exception>
    Task<RunOutcome> ExecuteAsync(string runId, string reason, CancellationToken cancellationToken);
}
