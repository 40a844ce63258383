using System.CommandLine;
using Unlearning.Host.Evaluation.Training;

namespace Unlearning.Host.Cli.Shipped;

/// <summary>The verb <c>train-metrics</c>: trains the classifiers behind the metrics again and measures them.</summary>
internal static class TrainMetricsCommand
{
    /// <summary>The command, to be added to the root command. The classifiers' folder has refusal_labels.jsonl and unsafe_pairs.jsonl in it.</summary>
    public static Command Create() => TrainingCommand.Create(
        "train-metrics",
        "Trains the refusal, unsafe, toxicity and obscenity classifiers and prints how good they are.",
        ["src", "Host", "Evaluation", "Models"],
        MetricTrainings.Run);
}
