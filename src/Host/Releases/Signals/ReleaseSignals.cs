using System.Collections.Concurrent;

namespace Unlearning.Host.Releases.Signals;

/// <summary>How each release's calls go: kept in memory, a few kilobytes a release, from the start of the process on.</summary>
public sealed class ReleaseSignals
{
    private readonly ConcurrentDictionary<string, ReleaseTally> _tallies = new(StringComparer.Ordinal);

    /// <summary>The figures of a release.</summary>
    public ReleaseFigures Of(string releaseId) =>
        _tallies.TryGetValue(releaseId, out ReleaseTally? tally) ? tally.Figures() : ReleaseFigures.None;

    /// <summary>Where the calls of a release are counted.</summary>
    internal ReleaseTally Tally(string releaseId) => _tallies.GetOrAdd(releaseId, _ => new ReleaseTally());
}
