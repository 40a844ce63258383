namespace Unlearning.Host.Releases.Signals;

/// <summary>Counts how the calls on one release went. Thread safe.</summary>
internal sealed class ReleaseTally
{
    // Latencies of the last calls of each kind that are kept.
    private const int Window = 512;

    private readonly Lock _lock = new();
    private readonly Queue<TimeSpan> _firstTokens = [], _answers = [];
    private int _calls, _failures, _empty;

    /// <summary>A call was answered to its end.</summary>
    /// <param name="firstToken">What the model took to the first content; null of a call that was not streamed.</param>
    /// <param name="whole">What the model took in all.</param>
    /// <param name="empty">Whether the answer had no content.</param>
    public void Answered(TimeSpan? firstToken, TimeSpan whole, bool empty)
    {
        lock (_lock)
        {
            if (firstToken is { } first)
            {
                Keep(_firstTokens, first);
            }

            Keep(_answers, whole);
            _calls++;
            _empty += empty ? 1 : 0;
        }
    }

    /// <summary>A call failed; one that its caller cancelled did not.</summary>
    public void Failed()
    {
        lock (_lock)
        {
            _calls++;
            _failures++;
        }
    }

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _firstTokens.Clear();
            _answers.Clear();
            (_calls, _failures, _empty) = (0, 0, 0);
        }
    }

    /// <summary>What was counted.</summary>
    public ReleaseFigures Figures()
    {
        lock (_lock)
        {
            return new ReleaseFigures(_calls, _failures, _empty, LatencyFigures.Of(_firstTokens), LatencyFigures.Of(_answers));
        }
    }

    private static void Keep(Queue<TimeSpan> kept, TimeSpan latest)
    {
        if (kept.Count == Window)
        {
            kept.Dequeue();
        }

        kept.Enqueue(latest);
    }
}
