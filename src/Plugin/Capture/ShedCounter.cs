using Microsoft.Extensions.Logging;

namespace Unlearning.Plugin.Capture;

/// <summary>Counts what is shed, and says so in the log at most once a minute, since a flood of warnings would add to the flood.</summary>
internal sealed class ShedCounter(CaptureMetrics metrics, ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan _quiet = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (long Count, DateTimeOffset NextWord)> _stages = new(StringComparer.Ordinal);

    /// <param name="stage">Where: <c>judging</c>, <c>costly</c> or <c>sink</c>.</param>
    /// <param name="severity">How severe it was, 0 to 4, or null when it was not judged yet.</param>
    public void Add(string stage, int? severity)
    {
        metrics.Shed(stage, severity);
        long count;
        lock (_lock)
        {
            DateTimeOffset now = time.GetUtcNow();
            (count, DateTimeOffset nextWord) = _stages.GetValueOrDefault(stage);
            count++;
            bool speak = now >= nextWord;
            _stages[stage] = speak ? (0, now + _quiet) : (count, nextWord);
            if (!speak)
            {
                return;
            }
        }

        CaptureLog.Shedding(logger, stage, count);
    }
}
