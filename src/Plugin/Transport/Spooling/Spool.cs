using Unlearning.Plugin.Transport.Wire;

namespace Unlearning.Plugin.Transport.Spooling;

/// <summary>Incidents on disk: this process's lane, and those it adopted from processes that are gone.</summary>
internal sealed class Spool : IAsyncDisposable
{
    private readonly string _root;
    private readonly long _limit;
    private readonly SpoolLane _own;
    private readonly SpoolWriter _writer;
    private readonly RejectedFile _rejected;
    private readonly SetAside _setAside;
    private readonly SpoolKeys _keys;
    private readonly List<SpoolLane> _adopted = [];
    private readonly SemaphoreSlim _work = new(0, 1);
    private long _bytes;

    /// <summary>Opens the spool.</summary>
    /// <param name="root">Its folder, created when absent.</param>
    /// <param name="limit">The most bytes it may hold.</param>
    /// <param name="key">The key to encrypt with; empty: one of its own, in its folder.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public Spool(string root, long limit, string key)
    {
        _root = Path.GetFullPath(root);
        _limit = limit;
        SpoolFiles.CreateFolder(_root);
        _keys = SpoolKeys.Open(_root, key);
        _own = SpoolLane.Create(_root);
        _rejected = new RejectedFile(Path.Combine(_root, "rejected.jsonl"), limit / 4, _keys);
        _rejected.Protect();
        _setAside = new SetAside(_root, limit / 4);
        _setAside.Return(_keys, _own);
        Interlocked.Add(ref _bytes, _own.Segments().Sum(SpoolFiles.LengthOf));
        Adopt();
        _writer = new SpoolWriter(_own);
    }

    /// <summary>Gets the file that a damaged key file was moved to when the spool was opened; otherwise null.</summary>
    public string? DamagedKeyFile => _keys.DamagedKeyFile;

    /// <summary>Appends a record, encrypted.</summary>
    /// <returns>A task that ends when it is on the device.</returns>
    /// <exception cref="SpoolFullException">There is no room.</exception>
    /// <exception cref="IOException">It could not be written.</exception>
    public async Task AppendAsync(ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        byte[] line = SpoolLine.Encode(_keys.Current.Encrypt(json.Span));
        if (Interlocked.Add(ref _bytes, line.Length) > _limit)
        {
            Interlocked.Add(ref _bytes, -line.Length);
            throw new SpoolFullException(
                $"The spool '{_root}' holds as much as {TransportOptions.SectionName}:{nameof(TransportOptions.SpoolLimitMb)} allows "
                + $"({_limit >> 20} MiB). Bring the Host back, or raise the limit.");
        }

        try
        {
            await _writer.AppendAsync(line, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Interlocked.Add(ref _bytes, -line.Length);
            throw;
        }

        Signal();
    }

    /// <summary>Waits until something was appended, or <paramref name="longest"/> has passed.</summary>
    public async Task WaitAsync(TimeSpan longest, TimeProvider time, CancellationToken cancellationToken)
    {
        using CancellationTokenSource passed = new(longest, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(passed.Token, cancellationToken);
        try
        {
            await _work.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (passed.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // Time to look for lanes to adopt.
        }
    }

    /// <summary>Closes what is being appended to, takes over what has lost its process, and gives all there is, the oldest first.</summary>
    public async Task<IReadOnlyList<string>> TakeAsync()
    {
        Adopt();
        await _writer.SealAsync().ConfigureAwait(false);

        // In this order: a segment begun after the list was made is not in it.
        IReadOnlyList<string> segments = [.. _adopted.Append(_own).SelectMany(lane => lane.Segments())];
        string? open = _writer.Current;
        return [.. segments.Where(segment => segment != open)];
    }

    /// <summary>Reads a segment.</summary>
    /// <exception cref="IOException">The disk does not give it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public async Task<SegmentContent> ReadAsync(string segment, CancellationToken cancellationToken) =>
        SegmentContent.Of(await File.ReadAllBytesAsync(segment, cancellationToken).ConfigureAwait(false), _keys);

    /// <summary>Keeps lines that cannot be read.</summary>
    /// <returns>The file they are in, or null when there is no room for them.</returns>
    public string? KeepAside(string segment, IReadOnlyList<ReadOnlyMemory<byte>> lines, bool keyMissing) => _setAside.Keep(segment, lines, keyMissing);

    /// <summary>Moves a segment that cannot be read out of the way, until the next start tries again.</summary>
    /// <returns>The file it is now.</returns>
    public string MoveAside(string segment)
    {
        long length = SpoolFiles.LengthOf(segment);
        string moved = _setAside.Move(segment);
        Interlocked.Add(ref _bytes, -length);
        return moved;
    }

    /// <summary>Removes a segment of which everything was acknowledged or rejected.</summary>
    public void Remove(string segment)
    {
        long length = SpoolFiles.LengthOf(segment);
        File.Delete(segment);
        Interlocked.Add(ref _bytes, -length);
        for (int i = _adopted.Count - 1; i >= 0; i--)
        {
            if (_adopted[i].Segments().Count == 0)
            {
                _adopted[i].Dispose();
                _adopted.RemoveAt(i);
            }
        }
    }

    /// <summary>Keeps a record that the Host refused.</summary>
    /// <returns>Whether there was room for it.</returns>
    public bool TryReject(DateTimeOffset at, RecordProblem problem, ReadOnlyMemory<byte> json) => _rejected.TryAdd(at, problem, json);

    /// <summary>Puts what the Host refused back among what is to be sent.</summary>
    /// <returns>How many records.</returns>
    /// <exception cref="IOException">The file of rejected records is in use, or the spool is full.</exception>
    public Task<int> RetryRejectedAsync(CancellationToken cancellationToken) =>
        _rejected.TakeAllAsync(json => AppendAsync(json, cancellationToken));

    /// <summary>Finishes writing and gives the lanes back; what they hold stays for the next process.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync().ConfigureAwait(false);
        foreach (SpoolLane lane in _adopted.Append(_own))
        {
            lane.Dispose();
        }

        _work.Dispose();
    }

    private void Adopt()
    {
        foreach (SpoolLane lane in SpoolLane.Adopt(_root))
        {
            IReadOnlyList<string> segments = lane.Segments();
            if (segments.Count == 0)
            {
                lane.Dispose();
                continue;
            }

            _adopted.Add(lane);
            Interlocked.Add(ref _bytes, segments.Sum(SpoolFiles.LengthOf));
            Signal();
        }
    }

    private void Signal()
    {
        try
        {
            _work.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody has signalled already.
        }
    }
}
