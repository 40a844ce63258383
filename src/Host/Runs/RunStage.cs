namespace Unlearning.Host.Runs;

/// <summary>The stages of a run, in order.</summary>
public enum RunStage
{
    /// <summary>Waiting for the scheduler.</summary>
    Queued,

    /// <summary>Choosing incidents and building the sets.</summary>
    Select,

    /// <summary>Training the adapter.</summary>
    Unlearn,

    /// <summary>Asking baseline and candidate the gate prompts.</summary>
    Evaluate,

    /// <summary>Judging the metrics.</summary>
    Gate,

    /// <summary>Waiting for a person, where the policy asks for one.</summary>
    Approve,

    /// <summary>Making the candidate live.</summary>
    Promote,

    /// <summary>Over.</summary>
    Finished,
}
