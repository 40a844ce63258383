using Unlearning.Host.Runs;

namespace Unlearning.Host.Jobs;

/// <summary>Starts runs for whoever wants one, a person or a rule.</summary>
public sealed class RunStarter(RunStore runs, RunScheduler scheduler)
{
    /// <summary>Accepts a run, see <see cref="RunStore.StartAsync(RunStart, CancellationToken)"/>, and has it executed when it is a new one.</summary>
    /// <returns>The run, and whether this call created it.</returns>
    /// <exception cref="ArgumentException">It has no reason.</exception>
    public async Task<(RunRecord Run, bool Created)> StartAsync(RunStart start, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentException.ThrowIfNullOrWhiteSpace(start.Reason);

        // The record comes first: a crash before the trigger leaves a queued run, which the next start picks up.
        (RunRecord run, bool created) = await runs.StartAsync(start, cancellationToken).ConfigureAwait(false);
        if (created)
            await TriggerAsync(run.RunId).ConfigureAwait(false);
        return (run, created);
    }

    private async Task TriggerAsync(string runId)
    {
        try
        {
            await scheduler.TriggerAsync(runId).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            // Left queued it would block every later run.
            await runs.FailAsync(
                runId,
                $"The scheduler did not take the run: {failure.Message}",
                new RunFailure($"The scheduler did not take the run ({failure.GetType().Name}).", "Restart the service, then start another run."),
                CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }
}
