namespace Unlearning.Plugin.Functions;

/// <summary>The runs of the host, in this process or another: what the kernel functions speak to.</summary>
public interface IUnlearningRuns
{
    /// <summary>Starts a run. While a run is active no second one starts: that run's status comes back instead.</summary>
    /// <param name="request">Why, and under which idempotency id.</param>
    /// <param name="cancellationToken">Cancels the asking, not the run.</param>
    /// <returns>The run that started, or was active, or was started by an equal <see cref="StartRunRequest.RequestId"/>.</returns>
    Task<RunStatus> StartAsync(StartRunRequest request, CancellationToken cancellationToken = default);

    /// <summary>Gets one run.</summary>
    /// <param name="runId">The run's id.</param>
    /// <param name="cancellationToken">Cancels the asking.</param>
    /// <returns>The run, or null when there is none of that id.</returns>
    Task<RunStatus?> GetAsync(string runId, CancellationToken cancellationToken = default);

    /// <summary>Lists runs, the newest first.</summary>
    /// <param name="limit">How many at most, 1 or more.</param>
    /// <param name="cancellationToken">Cancels the asking.</param>
    /// <returns>The runs.</returns>
    Task<IReadOnlyList<RunStatus>> ListAsync(int limit, CancellationToken cancellationToken = default);

    /// <summary>Explains the gates' verdicts on a run's candidate.</summary>
    /// <param name="runId">The run's id.</param>
    /// <param name="cancellationToken">Cancels the asking.</param>
    /// <returns>The verdicts, or null when there is no such run or it has not been gated.</returns>
    Task<GateExplanation?> ExplainGateAsync(string runId, CancellationToken cancellationToken = default);

    /// <summary>Puts the release before the live one back.</summary>
    /// <param name="reason">Why, for the record.</param>
    /// <param name="cancellationToken">Cancels the asking; a rollback that has begun is finished.</param>
    /// <returns>What was swapped for what.</returns>
    /// <exception cref="InvalidOperationException">There is no release to go back to.</exception>
    Task<RollbackResult> RollbackAsync(string reason, CancellationToken cancellationToken = default);
}
