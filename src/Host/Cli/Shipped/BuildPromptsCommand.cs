using System.CommandLine;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Host.Demo;
using Unlearning.Host.Demo.Bundle;
using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Cli.Shipped;

/// <summary>The hidden verb <c>build-prompts</c>: makes the bundled prompt files again from the data sets.</summary>
internal static class BuildPromptsCommand
{
    /// <summary>The command, to be added to the root command.</summary>
    public static Command Create()
    {
        Option<DirectoryInfo> data = new("--data") { Description = "The folder with the data sets.", Required = true };
        Option<DirectoryInfo> output = new("--out")
        {
            Description = "The folder of the prompt files, with ailuminate.picks and look-alikes.txt in it.",
            Required = true,
        };
        Command command = new("build-prompts", "Makes the bundled prompt files (train, validation, gate, companion) from the data sets.");
        command.Hidden = true;
        command.Options.Add(data);
        command.Options.Add(output);
        return Verb.Of(command, (result, _) =>
            Run(result.GetRequiredValue(data).FullName, result.GetRequiredValue(output).FullName, result.InvocationConfiguration.Output));
    }

    private static int Run(string data, string output, TextWriter console)
    {
        CandidatePrompt[] candidates = [.. PromptSources.All(data, Path.Combine(output, "ailuminate.picks"))];
        Dictionary<PromptSplit, IReadOnlyList<EvaluationPrompt>> splits = new(PromptBundler.Split(candidates, SplitQuota.Bundle));
        splits[PromptSplit.Companion] = PromptBundler.Companions(
            candidates, PromptSources.LookAlikes(Path.Combine(output, "look-alikes.txt")), splits.Values.SelectMany(prompts => prompts));
        foreach ((PromptSplit split, IReadOnlyList<EvaluationPrompt> prompts) in splits)
        {
#pragma warning disable CA1308 // A file name, not a normalisation.
            string path = Path.Combine(output, $"{split.ToString().ToLowerInvariant()}.jsonl");
#pragma warning restore CA1308
            PromptFile.Write(path, prompts);
            IEnumerable<string> counts = prompts
                .GroupBy(prompt => (prompt.Kind, prompt.Source))
                .Select(group => $"{group.Count()} {group.Key.Kind} {group.Key.Source}");
            console.WriteLine($"{path}: {string.Join(", ", counts)}");
        }

        return 0;
    }
}
