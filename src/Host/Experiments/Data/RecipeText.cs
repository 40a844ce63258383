using Unlearning.Host.Evaluation.RunningTexts;
using Unlearning.Host.Experiments.Recipes;

namespace Unlearning.Host.Experiments.Data;

/// <summary>Finds and reads the running text whose perplexity a recipe measures.</summary>
internal static class RecipeText
{
    /// <summary>The recipe with its text read, from the folder of data sets if it is there, else from the recipe's own folder.</summary>
    /// <param name="recipe">The recipe; one without a text comes back as it is.</param>
    /// <param name="data">The folder of data sets, or null when none was named.</param>
    /// <exception cref="InvalidDataException">There is no such file, or it cannot serve; the message says what to do.</exception>
    public static ExperimentRecipe Read(ExperimentRecipe recipe, string? data)
    {
        if (recipe.Evaluation.PerplexityText is not { Length: > 0 } written)
            return recipe;
        string path = written.Replace('\0', '_');
        string[] places = [.. new[] { data, recipe.Folder }.OfType<string>().Select(folder => Path.GetFullPath(Path.Combine(folder, path))).Distinct()];
        string found = places.FirstOrDefault(File.Exists) ?? throw new InvalidDataException(
            $"The recipe's evaluation.perplexity_text is '{written}', and there is no file {string.Join(" or ", places.Select(place => $"'{place}'"))}. "
            + "Name the folder of data sets with --data or UNLEARNING_DATA and write the path in it, or one relative to the recipe's folder, or take the key out.");
        try
        {
            return recipe with { Evaluation = recipe.Evaluation.With(RunningText.Read(found)) };
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"The recipe's evaluation.perplexity_text is '{written}', the file '{found}'. {error.Message}", error);
        }
    }
}
