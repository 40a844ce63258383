using Microsoft.Extensions.Options;

namespace Unlearning.Host.Api.Management.Feedback;

/// <summary>Bounds how much feedback each caller sends: so much at once, refilled evenly over a minute. Thread safe; there are no more callers than keys.</summary>
/// <remarks>The framework's own limiters read the system's clock, whatever <see cref="TimeProvider"/> there is.</remarks>
internal sealed class FeedbackRate(IOptions<ApiOptions> options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (double Left, DateTimeOffset At)> _callers = new(StringComparer.Ordinal);

    /// <summary>Takes one from a caller's share.</summary>
    /// <returns>How long to wait for the next, when nothing is left; null when it may pass.</returns>
    public TimeSpan? Wait(string caller)
    {
        double most = options.Value.FeedbackPerMinute;
        DateTimeOffset now = time.GetUtcNow();
        lock (_lock)
        {
            (double left, DateTimeOffset at) = _callers.TryGetValue(caller, out (double Left, DateTimeOffset At) known) ? known : (most, now);
            left = Math.Min(most, left + (Math.Max(0, (now - at).TotalMinutes) * most));
            bool passes = left >= 1;
            _callers[caller] = (passes ? left - 1 : left, now);
            return passes ? null : TimeSpan.FromMinutes((1 - left) / most);
        }
    }
}
