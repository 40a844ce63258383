using System.Collections.Concurrent;

namespace Unlearning.Engine.Inference;

/// <summary>
/// The one thread that owns every tensor. Dispose scopes and the gradient mode are thread-static in TorchSharp, so all work is
/// synchronous on this thread. Chat goes first: long jobs call <see cref="Pause"/> between slices, which runs waiting decode
/// steps, yet keeps at least a fifth of the time for the job, however long one chat step is.
/// </summary>
public sealed class EngineThread : IDisposable
{
    // Chat may take four times the job's own slice, so the job keeps one fifth.
    private const int ChatShare = 4;

    // What a job earns for chat while none waits; a chat that comes then may run this long before the job goes on.
    private static readonly TimeSpan MostCredit = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;

    private readonly BlockingCollection<Action> _jobs = [];
    private readonly SemaphoreSlim _wake = new(0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private Func<bool> _chatStep = static () => false;
    private long _sliceStarted;
    private TimeSpan _chatCredit;

    /// <summary>Starts the thread.</summary>
    public EngineThread()
        : this(TimeProvider.System)
    {
    }

    internal EngineThread(TimeProvider time)
    {
        _time = time;
        _thread = new Thread(Loop) { IsBackground = true, Name = "engine" };
        _thread.Start();
    }

    /// <summary>Runs <paramref name="job"/> on the engine thread, after the jobs before it.</summary>
    /// <exception cref="ObjectDisposedException">The engine was disposed.</exception>
    public Task<T> RunAsync<T>(Func<T> job, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
        _jobs.Add(() =>
        {
            if (_stop.IsCancellationRequested)
            {
                done.SetException(new ObjectDisposedException(nameof(EngineThread), "The engine was stopped before this work began."));
                return;
            }

            if (cancellationToken.IsCancellationRequested)
            {
                done.SetCanceled(cancellationToken);
                return;
            }

            try
            {
                done.SetResult(job());
            }
            catch (OperationCanceledException cancelled)
            {
                done.SetCanceled(cancelled.CancellationToken);
            }
#pragma warning disable CA1031 // Every failure belongs to the caller; the thread must survive it.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                done.SetException(failure);
            }
        }, CancellationToken.None);
        Wake();
        return done.Task;
    }

    /// <summary>Called by a long job between slices: runs chat steps that wait, within the chat's share.</summary>
    public void Pause()
    {
        long now = _time.GetTimestamp();
        TimeSpan earned = _chatCredit + _time.GetElapsedTime(_sliceStarted, now) * ChatShare;
        _chatCredit = earned < MostCredit ? earned : MostCredit;
        while (_chatCredit > TimeSpan.Zero && !_stop.IsCancellationRequested && _chatStep())
        {
            // A step may overdraw; the job then goes on until it has earned that back.
            long after = _time.GetTimestamp();
            _chatCredit -= _time.GetElapsedTime(now, after);
            now = after;
        }

        _sliceStarted = now;
    }

    /// <summary>Stops after the current job; jobs that still wait are dropped with <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        if (_stop.IsCancellationRequested)
            return;
        _stop.Cancel();
        Wake();
        if (Thread.CurrentThread != _thread)
            _thread.Join();
        while (_jobs.TryTake(out Action? dropped))
            dropped();
        _jobs.Dispose();
        _wake.Dispose();
        _stop.Dispose();
    }

    /// <summary>Sets the chat scheduler's step: does one decode step and returns false when nobody waits.</summary>
    internal void ServeChat(Func<bool> step) => _chatStep = step;

    /// <summary>Tells the thread that chat work or a job waits.</summary>
    internal void Wake() => _wake.Release();

    private void Loop()
    {
        while (!_stop.IsCancellationRequested)
        {
            if (_jobs.TryTake(out Action? job))
            {
                _sliceStarted = _time.GetTimestamp();
                job();
                Pause();
            }
            else if (!_chatStep())
            {
                _wake.Wait();
            }
        }
    }
}
