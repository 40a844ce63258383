using System.Threading.Channels;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Releases.Serving;
using Unlearning.Host.Releases.Signals;
using Unlearning.Host.Telemetry;

namespace Unlearning.Host.Releases.Changes;

/// <summary>
/// Changes of what serves, one at a time: while one is under way nothing else begins or ceases to serve. Who follows is told once it is made
/// and the next may begin, so that a rollback waits for nobody's database.
/// </summary>
internal sealed class ReleaseChanges(
    LiveReleaseJournal journal,
    WarmReleases warm,
    ReleaseSignals signals,
    ReleaseFollowers followers,
    TimeProvider time,
    ServiceMetrics metrics,
    ILogger<Promoter> logger) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    // Whoever reads it looks at how things are now: one that is not read yet is enough for all.
    private readonly Channel<bool> _made = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Tells that changes were made and followed. For one reader.</summary>
    public ChannelReader<bool> Made => _made.Reader;

    /// <summary>Makes a change. What was written before it failed is caught up with at the next start.</summary>
    /// <param name="work">Makes it; what it writes to the journal is what is followed.</param>
    /// <param name="cancellationToken">Cancels the wait for the change under way; the work decides for itself.</param>
    public async Task<T> MakeAsync<T>(Func<JournalledChange, Task<T>> work, CancellationToken cancellationToken)
    {
        JournalledChange change = new(journal, warm, signals, time, metrics, logger);
        T result;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            result = await work(change).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }

        await followers.FollowAsync(change.Entries).ConfigureAwait(false);
        if (change.Entries.Count > 0)
        {
            _made.Writer.TryWrite(true);
        }

        return result;
    }

    /// <summary>Does something during which nothing begins or ceases to serve. It must be quick: a rollback waits for it.</summary>
    public async Task<T> WhileNothingChangesAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return work();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();
}
