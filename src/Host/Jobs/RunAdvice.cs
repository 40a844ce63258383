using Unlearning.Engine.Directions;
using Unlearning.Engine.Inference;
using Unlearning.Engine.Weights;
using Unlearning.Host.Privacy;
using Unlearning.Host.Releases;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Control;
using Unlearning.Host.Runs.Recipes;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Jobs;

/// <summary>What to do about a run, in a sentence that quotes nothing.</summary>
internal static class RunAdvice
{
    /// <summary>What may be said of a failure. The message only where its type promises to quote nothing that people said.</summary>
    public static RunFailure Failure(Exception failure, RunStage stage) => new(
        failure is RunException or ReleaseException or KeyRingException or CheckpointException or NonFiniteGradientException or NonFiniteLogitsException
            ? failure.Message
            : $"The run failed with {failure.GetType().Name}; its message may quote what people said, so it is not shown.",
        Of(failure, stage));

    /// <summary>What to do about a failure.</summary>
    public static string Of(Exception failure, RunStage stage) => failure switch
    {
        RunException known => known.Fix,
        KeyRingException => "Put the key ring's files back from a backup, then retry the run.",
        ReleaseException => "Restore the release from a backup or roll back to another one, then start another run.",
        NonFiniteGradientException or NonFiniteLogitsException =>
            $"Training diverged. Lower {RecipeOptions.SectionName}:{nameof(RecipeOptions.LearningRate)}, then retry the run from 'unlearn'.",
        CheckpointException => "Put the named file back, or delete the run's checkpoint, then retry the run from 'unlearn'.",
        UnauthorizedAccessException => "Give the service's user the right to write in the data folder, then retry the run.",
        _ when FullDisk.IsCauseOf(failure) => $"The disk is full. Free some space, then retry the run from '{Word(stage)}'.",
        OutOfMemoryException => $"Give the service more memory, or lower {RecipeOptions.SectionName}:{nameof(RecipeOptions.BatchSize)}, then retry the run.",
        _ => $"The service's log has the place of the error. Mend its cause, then retry the run from '{Word(stage)}'.",
    };

    /// <summary>What an operator can do about a run as it is; null where there is nothing to do but wait.</summary>
    public static string? Of(RunRecord run) => run switch
    {
        { State: RunState.Running or RunState.Queued, Control: RunControl.Cancel } => "It is being cancelled.",
        { State: RunState.Running or RunState.Queued, Control: RunControl.Pause } => "It pauses at its next checkpoint.",
        { State: RunState.Paused } => "Resume it to go on from its checkpoint, or cancel it. No other run starts meanwhile.",
        { State: RunState.AwaitingApproval } => $"Have release {run.ReleaseId} approved or rejected.",
        { State: RunState.Failed } => RunFailure.Of(run).NextStep,
        { State: RunState.Completed, Verdict: null } => "Confirm more incidents, then start another run.",
        { State: RunState.Completed, Verdict: "fail" or "inconclusive" } =>
            "Read what the gates say; retry from 'gate' with other gates, from 'unlearn' with another recipe, or start another run.",
        _ => null,
    };

    private static string Word(RunStage stage) => RunWord.Of(stage == RunStage.Queued ? RunStage.Select : stage);
}
