namespace Unlearning.Host.Runs.Limits;

/// <summary>
/// How long each stage of a run, and the whole of it, may take. What counts is the time in which the run executes: not a pause, a wait
/// for approval or for the end of quiet hours, and after a restart the clocks begin anew.
/// </summary>
public sealed class RunTimeouts
{
    /// <summary>Selecting the incidents and building the sets.</summary>
    public TimeSpan Select { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Training.</summary>
    public TimeSpan Unlearn { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Asking baseline and candidate.</summary>
    public TimeSpan Evaluate { get; set; } = TimeSpan.FromHours(12);

    /// <summary>Judging, and writing the release.</summary>
    public TimeSpan Gate { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Loading the release and making it live.</summary>
    public TimeSpan Promote { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>All of it.</summary>
    public TimeSpan Whole { get; set; } = TimeSpan.FromHours(36);

    /// <summary>The limit of a stage.</summary>
    public TimeSpan Of(RunStage stage) => stage switch
    {
        RunStage.Select => Select,
        RunStage.Unlearn => Unlearn,
        RunStage.Evaluate => Evaluate,
        RunStage.Gate => Gate,
        RunStage.Promote => Promote,
        _ => Whole,
    };
}
