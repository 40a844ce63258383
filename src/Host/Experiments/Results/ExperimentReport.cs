using System.Text;
using System.Text.Json;
using Unlearning.Engine.Weights;
using Unlearning.Host.Experiments.Cells;
using Unlearning.Host.Experiments.Figures;
using Unlearning.Host.Experiments.Recipes;

namespace Unlearning.Host.Experiments.Results;

/// <summary>Writes what an experiment came to: <c>results.csv</c>, <c>results.json</c>, <c>results.md</c> and the figures.</summary>
internal static class ExperimentReport
{
    /// <summary>Writes the files, replacing those of an earlier report.</summary>
    /// <param name="folder">The output folder.</param>
    /// <param name="recipe">The recipe.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="results">The cells that are done.</param>
    public static void Save(string folder, ExperimentRecipe recipe, string model, IReadOnlyList<CellResult> results)
    {
        Directory.CreateDirectory(folder);
        IReadOnlyList<string> figures = recipe.Figures ? ExperimentFigures.Save(Path.Combine(folder, "figures"), results) : [];
        Write("results.csv", ResultsCsv.Of(results));
        Write("results.json", Json(recipe, model, results));
        Write("results.md", ResultsMarkdown.Of(recipe, model, results, [.. figures.Select(figure => $"figures/{figure}")]));

        void Write(string file, string text) =>
            AtomicFile.Write(Path.Combine(folder, file), stream => stream.Write(Encoding.UTF8.GetBytes(text)));
    }

    private static string Json(ExperimentRecipe recipe, string model, IReadOnlyList<CellResult> results) => JsonSerializer.Serialize(
        new
        {
            recipe.Name,
            recipe.Description,
            Model = model,
            recipe.Seeds,
            Methods = MethodSummary.Of(results, recipe),

            // Their steps are in the cells' own files.
            Cells = results.Select(result => result with { Steps = [] }),
        },
        CellStore.Json);
}
