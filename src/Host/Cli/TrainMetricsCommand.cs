using System.CommandLine;
using Unlearning.Host.Evaluation.Training;
using Unlearning.Plugin.Classifiers;

namespace Unlearning.Host.Cli;

/// <summary>The verb <c>train-metrics</c>: trains the classifiers behind the metrics again and measures them.</summary>
internal static class TrainMetricsCommand
{
    /// <summary>The command, to be added to the root command.</summary>
    public static Command Create()
    {
        Option<DirectoryInfo> data = new("--data") { Description = "The folder with the data sets.", Required = true };
        Option<DirectoryInfo> output = new("--out")
        {
            Description = "The folder of the classifiers, with refusal_labels.jsonl in it.",
            DefaultValueFactory = _ => new DirectoryInfo(Path.Combine("src", "Host", "Evaluation", "Models")),
        };
        Command command = new("train-metrics", "Trains the refusal, toxicity and obscenity classifiers and prints how good they are.");
        command.Hidden = true;
        command.Options.Add(data);
        command.Options.Add(output);
        command.SetAction(result =>
            Run(result.GetRequiredValue(data).FullName, result.GetRequiredValue(output).FullName, result.InvocationConfiguration.Output));
        return command;
    }

    private static int Run(string data, string output, TextWriter console)
    {
        foreach (TextClassifier classifier in MetricTrainings.Run(data, Path.Combine(output, "refusal_labels.jsonl"), console.WriteLine))
        {
            string path = Path.Combine(output, $"{classifier.Card.Name}.model");
            using FileStream stream = File.Create(path);
            classifier.Write(stream);
            console.WriteLine($"{path}: {stream.Length / 1024} KiB, trained on {classifier.Card.Examples} texts");
        }

        return 0;
    }
}
