using System.Collections.Concurrent;

namespace Unlearning.Host.Runs;

/// <summary>Live progress of runs, in memory: the pipeline reports, whoever shows or records it listens.</summary>
public sealed class RunProgressFeed
{
    private readonly ConcurrentDictionary<string, RunProgress> _latest = new(StringComparer.Ordinal);

    /// <summary>Raised on the reporting thread for every report, with the run's id; handlers must return at once.</summary>
    public event Action<string, RunProgress>? Reported;

    /// <summary>Publishes where the run stands. Cheap: call it every step.</summary>
    public void Report(string runId, RunProgress progress)
    {
        _latest[runId] = progress;
        Reported?.Invoke(runId, progress);
    }

    /// <summary>The last report of the run in this process; null when there is none or the run is over.</summary>
    public RunProgress? Latest(string runId) => _latest.GetValueOrDefault(runId);

    /// <summary>Forgets a run that is over; its record in the store keeps the last progress.</summary>
    public void Complete(string runId) => _latest.TryRemove(runId, out _);
}
