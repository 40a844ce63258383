namespace Unlearning.Host.Runs.Limits;

/// <summary>Ends what takes longer than it may.</summary>
internal sealed class StageClock(RunTimeouts limits, TimeProvider time)
{
    /// <summary>Runs a stage.</summary>
    /// <exception cref="RunTimeoutException">It took longer than its limit.</exception>
    public Task<T> StageAsync<T>(RunStage stage, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        LimitAsync($"stage {RunWord.Of(stage)}", limits.Of(stage), stage.ToString(), work, cancellationToken);

    /// <summary>Runs all stages.</summary>
    /// <exception cref="RunTimeoutException">They took longer than their limit.</exception>
    public Task<T> WholeAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        LimitAsync("whole run", limits.Whole, nameof(RunTimeouts.Whole), work, cancellationToken);

    private async Task<T> LimitAsync<T>(
        string what, TimeSpan limit, string key, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using CancellationTokenSource late = new(limit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            return await work(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new RunTimeoutException(what, limit, $"{RunOptions.SectionName}:{nameof(RunOptions.Timeouts)}:{key}");
        }
    }
}
