using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Experiments.Recipes;
using Unlearning.Host.Runs.Recipes;

namespace Unlearning.Host.Experiments.Cells;

/// <summary>One unit of an experiment that is computed as a whole and kept: a training, or the base's measurement.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Method">The method's name.</param>
/// <param name="Recipe">How it trains, with its learning rate and seed; the shared recipe for the base.</param>
/// <param name="Hash">Hash of everything that decides the result, in hexadecimal.</param>
/// <param name="TrainingHash">Hash of everything that decides the training: a tuning and a result may share one.</param>
internal sealed record Cell(CellKind Kind, string Method, RecipeOptions Recipe, string Hash, string TrainingHash)
{
    /// <summary>Its file's name without the extension.</summary>
    public string Key => Kind switch
    {
        CellKind.Base => ExperimentMethod.Base,
        CellKind.Tuning => string.Create(CultureInfo.InvariantCulture, $"{Method}--tuning--lr{Recipe.LearningRate:R}--seed{Recipe.Seed}"),
        CellKind.Successive => string.Create(CultureInfo.InvariantCulture, $"{Method}--successive--lr{Recipe.LearningRate:R}--seed{Recipe.Seed}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Method}--lr{Recipe.LearningRate:R}--seed{Recipe.Seed}"),
    };

    /// <summary>The cell of several runs in a row.</summary>
    public static Cell Of(SuccessivePlan plan, string method, RecipeOptions recipe, string setting)
    {
        string hash = Hashed(JsonSerializer.Serialize(new { plan, recipe, setting }));
        return new Cell(CellKind.Successive, method, recipe, hash, hash);
    }

    /// <summary>The cell of a recipe; whatever may change its numbers goes into its hash, and nothing else.</summary>
    /// <param name="kind">What it is for.</param>
    /// <param name="method">The method's name.</param>
    /// <param name="recipe">How it trains.</param>
    /// <param name="evaluation">What is measured.</param>
    /// <param name="setting">The model, the data and the device, in one string.</param>
    public static Cell Of(CellKind kind, string method, RecipeOptions recipe, EvaluationOptions evaluation, string setting)
    {
        string training = Hashed(JsonSerializer.Serialize(new { recipe, setting }));
        return new Cell(kind, method, recipe, kind switch
        {
            CellKind.Base => Hashed(JsonSerializer.Serialize(new { evaluation, recipe.AnswerTokens, setting })),
            CellKind.Tuning => training,
            _ => Hashed(JsonSerializer.Serialize(new { evaluation, training })),
        }, training);
    }

    private static string Hashed(string text) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
}
