using System.CommandLine;
using Unlearning.Host.Evaluation.Training;

namespace Unlearning.Host.Cli.Shipped;

/// <summary>The verb <c>train-detectors</c>: trains the classifiers that policies use again and measures them.</summary>
internal static class TrainDetectorsCommand
{
    /// <summary>The command, to be added to the root command.</summary>
    public static Command Create() => TrainingCommand.Create(
        "train-detectors",
        "Trains the policies' toxicity and obscenity classifiers and prints how good they are.",
        ["src", "Plugin", "Classifiers", "Models"],
        (data, _, report) => DetectorTrainings.Run(data, report));
}
