using System.CommandLine;
using Unlearning.Host.Evaluation.Training;
using Unlearning.Plugin.Classifiers;

namespace Unlearning.Host.Cli;

/// <summary>The verb <c>train-detectors</c>: trains the classifiers that policies use again and measures them.</summary>
internal static class TrainDetectorsCommand
{
    /// <summary>The command, to be added to the root command.</summary>
    public static Command Create()
    {
        Option<DirectoryInfo> data = new("--data") { Description = "The folder with the data sets.", Required = true };
        Option<DirectoryInfo> output = new("--out")
        {
            Description = "The folder of the classifiers.",
            DefaultValueFactory = _ => new DirectoryInfo(Path.Combine("src", "Plugin", "Classifiers", "Models")),
        };
        Command command = new("train-detectors", "Trains the policies' toxicity and obscenity classifiers and prints how good they are.");
        command.Hidden = true;
        command.Options.Add(data);
        command.Options.Add(output);
        command.SetAction(result =>
            Run(result.GetRequiredValue(data).FullName, result.GetRequiredValue(output).FullName, result.InvocationConfiguration.Output));
        return command;
    }

    private static int Run(string data, string output, TextWriter console)
    {
        foreach (TextClassifier classifier in DetectorTrainings.Run(data, console.WriteLine))
        {
            string path = Path.Combine(output, $"{classifier.Card.Name}.model");
            using FileStream stream = File.Create(path);
            classifier.Write(stream);
            console.WriteLine($"{path}: {stream.Length / 1024} KiB, trained on {classifier.Card.Examples} texts");
        }

        return 0;
    }
}
