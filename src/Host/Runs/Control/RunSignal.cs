namespace Unlearning.Host.Runs.Control;

/// <summary>What an operator wants of a run that executes in this process.</summary>
public sealed class RunSignal : IDisposable
{
    private readonly CancellationTokenSource _cancel = new();
    private readonly Action<RunSignal> _over;
    private volatile bool _pause;

    internal RunSignal(Action<RunSignal> over) => _over = over;

    /// <summary>Whether it is to end without a result.</summary>
    public bool IsCancelled => _cancel.IsCancellationRequested;

    /// <summary>Cancelled when the run is.</summary>
    public CancellationToken Cancelled => _cancel.Token;

    /// <summary>Whether it is to stop at the next checkpoint or stage.</summary>
    public bool IsPaused => _pause;

    /// <inheritdoc/>
    public void Dispose()
    {
        _over(this);
        _cancel.Dispose();
    }

    internal void Tell(RunControl control)
    {
        _pause = control == RunControl.Pause;
        if (control == RunControl.Cancel)
            _cancel.Cancel();
    }
}
