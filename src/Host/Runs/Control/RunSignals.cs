namespace Unlearning.Host.Runs.Control;

/// <summary>
/// Carries what an operator wants to the run that executes in this process, at once. The run's record says it, too, for a run that does
/// not execute now and for the next process.
/// </summary>
public sealed class RunSignals
{
    private readonly Dictionary<string, RunSignal> _executing = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Notes that the run executes here until the signal is disposed.</summary>
    /// <param name="runId">The run.</param>
    public RunSignal Begin(string runId)
    {
        lock (_lock)
        {
            RunSignal signal = new(Forget);
            _executing[runId] = signal;
            return signal;
        }

        void Forget(RunSignal signal)
        {
            lock (_lock)
            {
                if (_executing.GetValueOrDefault(runId) == signal)
                    _executing.Remove(runId);
            }
        }
    }

    /// <summary>Tells a run what is wanted.</summary>
    /// <returns>Whether it executes here.</returns>
    public bool Tell(string runId, RunControl control)
    {
        lock (_lock)
        {
            RunSignal? signal = _executing.GetValueOrDefault(runId);
            signal?.Tell(control);
            return signal is not null;
        }
    }

    /// <summary>Stops a run that is to pause: called where its work is safe on the disk.</summary>
    /// <exception cref="RunPausedException">It is to pause.</exception>
    public void StopHere(string runId)
    {
        lock (_lock)
        {
            if (_executing.GetValueOrDefault(runId) is { IsPaused: true })
                throw new RunPausedException();
        }
    }
}
