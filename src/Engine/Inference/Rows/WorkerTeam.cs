namespace Unlearning.Engine.Inference.Rows;

/// <summary>
/// Threads that do one piece of work together and meet at barriers. Between two of the hundreds of barriers of a token lie
/// microseconds, so workers spin there; between two pieces of work they sleep.
/// </summary>
internal sealed class WorkerTeam : IDisposable
{
    private readonly SemaphoreSlim _start = new(0);
    private Action<int> _work = static _ => { };
    private int _arrived;
    private int _phase;
    private volatile bool _stopped;

    /// <param name="size">Workers, the caller of <see cref="Run"/> among them.</param>
    public WorkerTeam(int size)
    {
        Size = size;
        for (int worker = 1; worker < size; worker++)
        {
            int own = worker;
            new Thread(() => Loop(own)) { IsBackground = true, Name = $"engine worker {own}" }.Start();
        }
    }

    public int Size { get; }

    /// <summary>Runs <paramref name="work"/> on every worker, by its number, and returns when all have done it. It must not throw.</summary>
    public void Run(Action<int> work)
    {
        Volatile.Write(ref _work, work);
        if (Size > 1)
            _start.Release(Size - 1);
        work(0);
        Meet();
    }

    /// <summary>Waits until every worker is here.</summary>
    public void Meet()
    {
        int phase = Volatile.Read(ref _phase);
        if (Interlocked.Increment(ref _arrived) == Size)
        {
            _arrived = 0;
            Volatile.Write(ref _phase, phase + 1);
            return;
        }

        SpinWait spin = default;
        while (Volatile.Read(ref _phase) == phase)
            spin.SpinOnce(sleep1Threshold: -1);
    }

    /// <summary>The part of <paramref name="count"/> items that falls to a worker.</summary>
    public (int From, int To) Share(int count, int worker) => ((int)((long)count * worker / Size), (int)((long)count * (worker + 1) / Size));

    public void Dispose()
    {
        _stopped = true;
        _start.Release(Math.Max(1, Size - 1));
    }

    private void Loop(int worker)
    {
        while (true)
        {
            _start.Wait();
            if (_stopped)
                return;
            Volatile.Read(ref _work)(worker);
            Meet();
        }
    }
}
