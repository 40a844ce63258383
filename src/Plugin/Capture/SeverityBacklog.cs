namespace Unlearning.Plugin.Capture;

/// <summary>A bounded waiting line that serves the most severe first and, when full, sheds the least severe.</summary>
/// <typeparam name="T">What waits.</typeparam>
/// <param name="capacity">How many may wait.</param>
internal sealed class SeverityBacklog<T>(int capacity) : IDisposable
    where T : class
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _waiting = new(0);
    private readonly Queue<T>[] _levels = [.. Enumerable.Range(0, 5).Select(_ => new Queue<T>())];
    private int _count;

    /// <summary>Gets how many wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Lets an item wait.</summary>
    /// <param name="item">The item.</param>
    /// <param name="severity">How severe it is, 0 to 4.</param>
    /// <returns>
    /// What had to go for it: null while there is room, the longest waiting of the least severe otherwise, or the item itself when none is
    /// less severe.
    /// </returns>
    public T? Add(T item, int severity)
    {
        severity = Math.Clamp(severity, 0, _levels.Length - 1);
        lock (_lock)
        {
            T? shed = null;
            if (_count == capacity)
            {
                int least = Array.FindIndex(_levels, level => level.Count > 0);
                if (severity <= least)
                {
                    return item;
                }

                // One goes and one comes, so that the semaphore stays as it is.
                shed = _levels[least].Dequeue();
                _levels[severity].Enqueue(item);
                return shed;
            }

            _levels[severity].Enqueue(item);
            _count++;
        }

        _waiting.Release();
        return null;
    }

    /// <summary>Takes the longest waiting of the most severe, once there is one.</summary>
    public async ValueTask<T> TakeAsync(CancellationToken cancellationToken)
    {
        await _waiting.WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            _count--;
            return Array.FindLast(_levels, level => level.Count > 0)!.Dequeue();
        }
    }

    public void Dispose() => _waiting.Dispose();
}
