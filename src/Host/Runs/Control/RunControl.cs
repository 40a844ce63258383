namespace Unlearning.Host.Runs.Control;

/// <summary>What an operator wants of an active run.</summary>
public enum RunControl
{
    /// <summary>To go on.</summary>
    None,

    /// <summary>To stop at the next checkpoint and wait.</summary>
    Pause,

    /// <summary>To end without a result.</summary>
    Cancel,
}
