using System.CommandLine;
using Spectre.Console;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Host.Experiments;
using Unlearning.Host.Experiments.Recipes;
using Unlearning.Host.Experiments.Views;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Host.Cli.Experiments;

/// <summary>The <c>experiment</c> verb: compares methods on one model.</summary>
internal static class ExperimentCommand
{
    private const string DataVariable = "UNLEARNING_DATA";

    public static Command Create()
    {
        Argument<FileInfo> file = new("file") { Description = "The recipe, a YAML file; see recipes/ and docs/experiments.md." };
        Option<DirectoryInfo?> output = new("--out") { Description = "Folder for cells, results and figures; experiment-output/NAME when left out." };
        Option<DirectoryInfo?> data = new("--data") { Description = $"Folder with the data sets that do not ship with the program; {DataVariable} when left out." };
        Option<string?> model = new("--model") { Description = "The model, in place of the recipe's: a .gguf file or a Hugging Face folder." };
        Option<string[]> only = new("--only") { Description = "Only these methods of the recipe, separated by commas.", AllowMultipleArgumentsPerToken = true };
        Option<string?> seeds = new("--seeds") { Description = "Other seeds than the recipe's, separated by commas." };
        Command command = new(
            "experiment",
            """
            Compares unlearning methods on one model by a recipe: trains each with each seed, at a learning rate that is chosen by one
            rule, and measures all on the same prompts. Leaves results.csv, results.json, results.md and figures.

            Every training is a cell that is kept when it is done. Stop it with Ctrl+C and give the same command to go on.

            Examples:
              experiment recipes/quick.yaml
              experiment recipes/default-model.yaml --only mollm,graddiff --seeds 0
              experiment recipes/paper.yaml --data /data --model /models/Meta-Llama-3-8B-Instruct

            Exit codes: 0 done, 1 error or stopped.
            """)
        {
            file, output, data, model, only, seeds,
        };
        return Verb.Of(
            command,
            async (parsed, cancellationToken) =>
            {
                TextWriter screen = parsed.InvocationConfiguration.Output;
                ExperimentRecipe recipe = Narrow(
                    ExperimentRecipeReader.Load(parsed.GetRequiredValue(file).FullName), parsed.GetValue(only) ?? [], parsed.GetValue(seeds), parsed.GetValue(model));
                IExperimentView view = Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive
                    ? new PlainLines(screen, TimeProvider.System)
                    : new LiveTable(AnsiConsole.Console, TimeProvider.System);
                string folder = parsed.GetValue(output)?.FullName ?? Path.GetFullPath(Path.Combine("experiment-output", recipe.Name));
                string? sets = parsed.GetValue(data)?.FullName ?? Environment.GetEnvironmentVariable(DataVariable) switch { { Length: > 0 } named => named, _ => null };
                await new ExperimentSession(recipe, folder, sets, view, screen, TimeProvider.System).RunAsync(cancellationToken).ConfigureAwait(false);
                return 0;
            },
            cancelled: "Stopped. What is done is kept; the same command goes on from there.");
    }

    /// <summary>The recipe with what the command line says in place of its own.</summary>
    /// <exception cref="ArgumentException">A method is not in the recipe, or a seed is no number.</exception>
    internal static ExperimentRecipe Narrow(ExperimentRecipe recipe, IEnumerable<string> only, string? seeds, string? model)
    {
        string[] wanted = [.. only.SelectMany(names => names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        string[] known = [.. recipe.Methods.Select(method => method.Name), ExperimentMethod.Base];
        if (wanted.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
            throw new ArgumentException($"--only: the recipe has no method '{unknown}'. {PolicyFix.Nearest(unknown, known)}");
        if (wanted.Length > 0)
            recipe = recipe with { Methods = [.. recipe.Methods.Where(method => wanted.Contains(method.Name))] };
        if (seeds is not null)
        {
            int?[] numbers = [.. seeds.Split(',').Select(seed => int.TryParse(seed, out int number) && number >= 0 ? number : (int?)null)];
            recipe = numbers.All(number => number is not null) && numbers.Distinct().Count() == numbers.Length
                ? recipe with { Seeds = [.. numbers.OfType<int>()] }
                : throw new ArgumentException($"--seeds is '{seeds}'. Write whole numbers from 0, each once, separated by commas.");
        }

        return model is null ? recipe : recipe with { Model = Path.GetFullPath(model) };
    }
}
