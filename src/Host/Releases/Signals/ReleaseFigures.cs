namespace Unlearning.Host.Releases.Signals;

/// <summary>How the calls on a release went, since its canary or its time as live release began in this process.</summary>
/// <param name="Calls">Calls that ended, but for those that their callers cancelled or left.</param>
/// <param name="Failures">Calls that ended in an error.</param>
/// <param name="Empty">Answers without content.</param>
/// <param name="FirstToken">To the first content of a stream.</param>
/// <param name="Answer">To the end of the answer, without what its reader took.</param>
public sealed record ReleaseFigures(int Calls, int Failures, int Empty, LatencyFigures FirstToken, LatencyFigures Answer)
{
    /// <summary>The figures of a release that has not been called.</summary>
    public static ReleaseFigures None { get; } = new(0, 0, 0, new LatencyFigures(0, TimeSpan.Zero), new LatencyFigures(0, TimeSpan.Zero));
}
