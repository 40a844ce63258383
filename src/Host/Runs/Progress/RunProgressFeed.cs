using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;

namespace Unlearning.Host.Runs.Progress;

/// <summary>Live progress of runs, in memory: the pipeline reports, whoever shows or records it listens.</summary>
public sealed partial class RunProgressFeed(ILogger<RunProgressFeed>? logger = null)
{
    private readonly ILogger _logger = logger ?? NullLogger<RunProgressFeed>.Instance;
    private readonly ConcurrentDictionary<string, RunProgress> _latest = new(StringComparer.Ordinal);

    /// <summary>Raised on the reporting thread for every report, with the run's id; handlers must return at once.</summary>
    public event Action<string, RunProgress>? Reported;

    /// <summary>Publishes where the run stands. Cheap: call it every step. A listener that fails is logged and fails nothing but itself.</summary>
    public void Report(string runId, RunProgress progress)
    {
        _latest[runId] = progress;
        foreach (Action<string, RunProgress> listener in Delegate.EnumerateInvocationList(Reported))
        {
            try
            {
                listener(runId, progress);
            }
#pragma warning disable CA1031 // Hours of training are worth more than whoever watches them.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                LogListenerFailed(runId, failure);
            }
        }
    }

    /// <summary>The last report of the run in this process; null when there is none or the run is over.</summary>
    public RunProgress? Latest(string runId) => _latest.GetValueOrDefault(runId);

    /// <summary>Forgets a run that is over; its record in the store keeps the last progress.</summary>
    public void Complete(string runId) => _latest.TryRemove(runId, out _);

    [LoggerMessage(
        EventId = 4022,
        EventName = "ProgressListenerFailed",
        Level = LogLevel.Error,
        Message = "Somebody who watches run {RunId} failed at a report of its progress.")]
    private partial void LogListenerFailed(string runId, Exception failure);
}
