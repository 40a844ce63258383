namespace Unlearning.Host.Runs;

/// <summary>Whether a run is still to do.</summary>
public enum RunState
{
    /// <summary>Accepted and durable; no stage has begun.</summary>
    Queued,

    /// <summary>Under way, or interrupted and to be resumed under the same id.</summary>
    Running,

    /// <summary>Ran to its end. Whether anything was promoted is the verdict's to say.</summary>
    Completed,

    /// <summary>Stopped by an error; nothing of it is live.</summary>
    Failed,

    /// <summary>Stopped by an operator at a checkpoint, to go on when told.</summary>
    Paused,

    /// <summary>The gates passed; a person has to approve before anything is promoted.</summary>
    AwaitingApproval,

    /// <summary>Stopped by an operator for good; nothing of it is live.</summary>
    Cancelled,
}
