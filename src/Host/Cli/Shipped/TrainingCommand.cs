using System.CommandLine;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Plugin.Classifiers;

namespace Unlearning.Host.Cli.Shipped;

/// <summary>A hidden verb that trains classifiers that ship with the program, and measures them.</summary>
internal static class TrainingCommand
{
    /// <summary>Creates the verb.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it trains.</param>
    /// <param name="folder">Where the classifiers lie in the repository.</param>
    /// <param name="train">Trains from the folder of data sets, with the classifiers' folder at hand, and reports lines of a table.</param>
    public static Command Create(
        string name, string description, string[] folder, Func<string, string, Action<string>, IReadOnlyList<TextClassifier>> train)
    {
        Option<DirectoryInfo> data = new("--data") { Description = "The folder with the data sets.", Required = true };
        Option<DirectoryInfo> output = new("--out")
        {
            Description = "The folder of the classifiers.",
            DefaultValueFactory = _ => new DirectoryInfo(Path.Combine(folder)),
        };
        Command command = new(name, description) { Hidden = true };
        command.Options.Add(data);
        command.Options.Add(output);
        return Verb.Of(command, (result, _) =>
        {
            TextWriter console = result.InvocationConfiguration.Output;
            string to = result.GetRequiredValue(output).FullName;
            foreach (TextClassifier classifier in train(result.GetRequiredValue(data).FullName, to, console.WriteLine))
            {
                string path = Path.Combine(to, $"{classifier.Card.Name}.model");
                using FileStream stream = File.Create(path);
                classifier.Write(stream);
                console.WriteLine($"{path}: {stream.Length / 1024} KiB, trained on {classifier.Card.Examples} texts");
            }

            return 0;
        });
    }
}
