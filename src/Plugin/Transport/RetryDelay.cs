namespace Unlearning.Plugin.Transport;

/// <summary>How long to wait between two tries: twice as long each time, up to half of it at random, so that apps do not come back at once.</summary>
internal sealed class RetryDelay(TimeSpan first, TimeSpan longest)
{
    private readonly Random _random = new();
    private int _failures;

    /// <summary>Gets the next pause.</summary>
    /// <param name="asked">What the Host asked for; a longer pause than ours is kept, up to an hour.</param>
    public TimeSpan Next(TimeSpan? asked)
    {
        double whole = Math.Min(longest.TotalMilliseconds, first.TotalMilliseconds * Math.Pow(2, Math.Min(_failures++, 40)));
        TimeSpan own = TimeSpan.FromMilliseconds(whole * (0.5 + (0.5 * _random.NextDouble())));
        return asked is { } pause && pause > own ? TimeSpan.FromTicks(Math.Min(pause.Ticks, TimeSpan.TicksPerHour)) : own;
    }

    /// <summary>Begins anew after a success.</summary>
    public void Reset() => _failures = 0;
}
