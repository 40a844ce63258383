using System.Threading.Channels;

namespace Unlearning.Plugin.Transport.Spooling;

/// <summary>Appends to a lane. What arrives while one flush to the device is under way shares the next.</summary>
internal sealed class SpoolWriter : IAsyncDisposable
{
    private const int MostInAFlush = 1024;

    // What a killed process had sent of its segment is sent once more, so a segment is not long.
    private const long SegmentBytes = 1 << 20;

    private readonly SpoolLane _lane;
    private readonly Channel<Append> _queue = Channel.CreateUnbounded<Append>(new() { SingleReader = true });
    private readonly Task _loop;
    private FileStream? _segment;

    public SpoolWriter(SpoolLane lane)
    {
        _lane = lane;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Gets the segment that is being appended to, or null.</summary>
    public string? Current => Volatile.Read(ref _segment)?.Name;

    /// <summary>Gets how often the device has been flushed.</summary>
    public int Flushes { get; private set; }

    /// <summary>Appends a line.</summary>
    /// <returns>A task that ends when the line is on the device.</returns>
    public Task AppendAsync(byte[] line, CancellationToken cancellationToken) => EnqueueAsync(new Append(line, cancellationToken));

    /// <summary>Closes the segment that is being appended to, so that it can be sent and removed.</summary>
    public Task SealAsync() => EnqueueAsync(new Append([], CancellationToken.None));

    /// <summary>Writes what has arrived, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
    }

    private Task EnqueueAsync(Append append)
    {
        ObjectDisposedException.ThrowIf(!_queue.Writer.TryWrite(append), this);
        return append.Done.Task;
    }

    private async Task RunAsync()
    {
        List<Append> group = [];
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (group.Count < MostInAFlush && _queue.Reader.TryRead(out Append? append))
            {
                if (append.Cancellation.IsCancellationRequested)
                {
                    append.Done.TrySetCanceled(append.Cancellation);
                }
                else
                {
                    group.Add(append);
                }
            }

            Exception? failure = Write(group);
            foreach (Append append in group)
            {
                _ = failure is null ? append.Done.TrySetResult() : append.Done.TrySetException(failure);
            }

            group.Clear();
        }

        Close();
    }

    private Exception? Write(List<Append> group)
    {
        long before = 0;
#pragma warning disable CA1031 // Whatever fails here belongs to those who wait, and the next group is tried anew.
        try
        {
            byte[] lines = [.. group.SelectMany(append => append.Line)];
            if (lines.Length > 0)
            {
                if (_segment is null)
                {
                    Volatile.Write(ref _segment, SpoolFiles.Open(_lane.NextSegment(), FileMode.CreateNew, FileShare.Read));
                    SpoolFiles.FlushFolder(_lane.Folder);
                }

                before = _segment.Length;
                _segment.Write(lines);
                _segment.Flush(flushToDisk: true);
                Flushes++;
            }

            if (_segment is not null && (group.Any(append => append.Line.Length == 0) || _segment.Length >= SegmentBytes))
            {
                Close();
            }

            return null;
        }
        catch (Exception failure)
        {
            // After a flush that failed nobody knows what the device has. What was not acknowledged must not be sent, and a file that may
            // be damaged is not appended to.
            TryTruncate(before);
            Close();
            return failure;
        }
#pragma warning restore CA1031
    }

    private void TryTruncate(long length)
    {
        try
        {
            _segment?.SetLength(length);
        }
        catch (IOException)
        {
            // Then a line that its caller takes for lost arrives after all.
        }
    }

    private void Close()
    {
        try
        {
            _segment?.Dispose();
        }
        catch (IOException)
        {
            // Everything acknowledged was flushed already.
        }

        Volatile.Write(ref _segment, null);
    }

    private sealed record Append(byte[] Line, CancellationToken Cancellation)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
