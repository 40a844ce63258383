namespace Unlearning.Host.Releases.Signals;

/// <summary>How long the last calls took.</summary>
/// <param name="Calls">How many of them.</param>
/// <param name="Median">The median: a few slow calls do not move it. Zero of none.</param>
public sealed record LatencyFigures(int Calls, TimeSpan Median)
{
    /// <summary>The figures of some calls.</summary>
    internal static LatencyFigures Of(IReadOnlyCollection<TimeSpan> calls)
    {
        TimeSpan[] sorted = [.. calls.Order()];
        return new LatencyFigures(sorted.Length, sorted.Length == 0 ? TimeSpan.Zero : sorted[sorted.Length / 2]);
    }
}
