using System.CommandLine;
using System.Text.Json;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Host.Evaluation.Choices;

namespace Unlearning.Host.Cli.Shipped;

/// <summary>The hidden verb <c>build-choices</c>: makes the bundled multiple-choice questions again from the data sets.</summary>
internal static class BuildChoicesCommand
{
    /// <summary>The command, to be added to the root command.</summary>
    public static Command Create()
    {
        Option<DirectoryInfo> data = new("--data") { Description = "The folder with the data sets.", Required = true };
        Option<DirectoryInfo> output = new("--out")
        {
            Description = "The folder of the question files.",
            DefaultValueFactory = _ => new DirectoryInfo(Path.Combine("src", "Host", "Evaluation", "Choices")),
        };
        Command command = new("build-choices", "Makes the bundled multiple-choice questions from the data sets.") { Hidden = true };
        command.Options.Add(data);
        command.Options.Add(output);
        return Verb.Of(command, (result, _) =>
        {
            foreach ((string source, IReadOnlyList<ChoiceQuestion> questions) in ChoiceSources.All(result.GetRequiredValue(data).FullName))
            {
                string path = Path.Combine(result.GetRequiredValue(output).FullName, $"{source}.jsonl");
                File.WriteAllText(path, string.Concat(questions.Select(question => JsonSerializer.Serialize(question, ChoiceSources.Json) + "\n")));
                result.InvocationConfiguration.Output.WriteLine($"{path}: {questions.Count} questions");
            }

            return 0;
        });
    }
}
