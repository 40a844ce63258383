using System.Security.Cryptography;
using System.Text.Json;
using Unlearning.Host.Demo;
using Unlearning.Host.Demo.Bundle;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Experiments.Recipes;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Sets;

namespace Unlearning.Host.Experiments.Data;

/// <summary>What an experiment trains on and asks.</summary>
/// <param name="Forget">Harmful prompts in the order in which answers to forget are taken.</param>
/// <param name="ForgetCount">How many answers are forgotten at most.</param>
/// <param name="Asked">Harmful prompts, look-alikes and ordinary ones that the models are asked; none is near to one of <paramref name="Forget"/>.</param>
internal sealed record ExperimentData(IReadOnlyList<HarmfulPrompt> Forget, int ForgetCount, IReadOnlyList<EvaluationPrompt> Asked)
{
    // A prompt that the model refuses gives nothing to forget; of the next ones some are asked in its place.
    private const double Spare = 1.25;

    /// <summary>
    /// The files that objectives read, by the path as the recipe writes it, without what is also, or nearly, among <see cref="Asked"/>. They are no
    /// part of <see cref="Hash"/>: each decides only about the methods that read it.
    /// </summary>
    public IReadOnlyDictionary<string, SetFile> Files { get; init; } = new Dictionary<string, SetFile>();

    /// <summary>SHA-256 over what all methods share, in hexadecimal.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new { Forget, ForgetCount, Asked })));

    /// <summary>Reads the data of a recipe.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="data">The folder of data sets, or null when none was named.</param>
    /// <param name="cancellationToken">Stops between two rows.</param>
    /// <exception cref="InvalidDataException">Data is missing or not what it should be; the message says what to do.</exception>
    /// <exception cref="RunException">A file that an objective reads cannot be trained on.</exception>
    public static async Task<ExperimentData> LoadAsync(ExperimentRecipe recipe, string? data, CancellationToken cancellationToken)
    {
        IReadOnlyList<HarmfulPrompt>? pairs = recipe.Forget.Source == PromptSource.PkuSafeRlhf || recipe.Test.Source == PromptSource.PkuSafeRlhf
            ? await PkuSafeRlhf.ReadAsync(data, cancellationToken).ConfigureAwait(false)
            : null;
        HarmfulPrompt[] forget = [.. Take(recipe.Forget, PromptSplit.Train, pairs)];
        if (forget.Length == 0)
            throw new InvalidDataException($"'{recipe.Forget.Source}' holds no harmful prompt to forget an answer to.");
        int asked = forget.Any(prompt => prompt.Answer is null) ? (int)Math.Ceiling(recipe.Forget.Count * Spare) : recipe.Forget.Count;
        forget = [.. forget.Take(asked)];

        ContentWords[] trained = [.. forget.Select(prompt => ContentWords.Of(prompt.Prompt))];
        EvaluationPrompt[] test =
        [
            .. Take(recipe.Test, PromptSplit.Gate, pairs)
                .Where(prompt => ContentWords.Of(prompt.Prompt) is var words && !trained.Any(other => other.Jaccard(words) >= PromptBundler.NearDuplicate))
                .Take(recipe.Test.Count)
                .Select(prompt => new EvaluationPrompt(prompt.Id, prompt.Prompt, PromptKind.Harmful, null, Path.GetFileName(recipe.Test.Source))),
        ];
        if (test.Length == 0)
            throw new InvalidDataException($"'{recipe.Test.Source}' holds no harmful prompt that is not also, or nearly, one to forget.");
        EvaluationPrompt[] asks =
        [
            .. test,
            .. BundledPrompts.Load(PromptSplit.Gate, PromptKind.LookAlike).Take(recipe.LookAlikes),
            .. BundledPrompts.Load(PromptSplit.Gate, PromptKind.Ordinary).Take(recipe.Ordinary),
        ];
        return new ExperimentData(forget, recipe.Forget.Count, asks) { Files = Untested(recipe, asks) };
    }

    private static Dictionary<string, SetFile> Untested(ExperimentRecipe recipe, IEnumerable<EvaluationPrompt> asked)
    {
        ContentWords[] tested = [.. asked.Select(prompt => ContentWords.Of(prompt.Text))];
        Dictionary<string, SetFile> files = [];
        foreach (ExperimentMethod method in recipe.Methods)
        {
            foreach (string file in SetFile.NamedIn(method.Recipe).Where(file => !files.ContainsKey(file)))
            {
                SetPair[] pairs = [.. SetFile.Read(file, method.Recipe).Pairs.Where(pair =>
                    ContentWords.Of(pair.Prompt) is var words && !tested.Any(other => other.Jaccard(words) >= PromptBundler.NearDuplicate))];
                files[file] = pairs.Length > 0
                    ? new SetFile(pairs)
                    : throw new InvalidDataException($"'{file}' holds no prompt that is not also, or nearly, one of those that the models are asked.");
            }
        }

        return files;
    }

    private static IEnumerable<HarmfulPrompt> Take(PromptSource source, PromptSplit split, IReadOnlyList<HarmfulPrompt>? pairs) => source.Source switch
    {
        PromptSource.Bundled => BundledPrompts.Load(split, PromptKind.Harmful).Select(prompt => new HarmfulPrompt(prompt.Id, prompt.Text, null)),
        PromptSource.PkuSafeRlhf => pairs!.Where(pair => PromptHash.IsTest(PromptHash.Of(pair.Prompt)) == (split == PromptSplit.Gate)),
        string path => JsonLines.Read(path),
    };
}
