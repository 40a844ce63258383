using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Unlearning.Engine.Inference;
using Unlearning.Host.Runs.Recipes;
using Unlearning.Host.Runs.Sets;

namespace Unlearning.Host.Runs.Stages;

/// <summary>What a training began with, beside its sets: it goes on with nothing else.</summary>
/// <param name="Identity">SHA-256 of the recipe, the sets, the parent and the base.</param>
/// <param name="Recipe">The recipe.</param>
/// <param name="Versions">Versions, device and number type, by name.</param>
internal sealed record TrainingRecipe(string Identity, JsonElement Recipe, IReadOnlyDictionary<string, string?> Versions)
{
    // For people who read a manifest; the identity keeps its own form.
    private static readonly JsonSerializerOptions _words = new() { Converters = { new JsonStringEnumConverter() } };

    /// <summary>The recipe, to be read.</summary>
    public RecipeOptions Options() => Recipe.Deserialize<RecipeOptions>(_words)!;

    public static TrainingRecipe Of(RecipeOptions recipe, RunSets sets, Selection selection, LlamaEngine engine) => new(
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
            new { _recipe = recipe, setsHash = selection.SetsHash, parent = sets.Parent, engine.BaseHash }))),
        JsonSerializer.SerializeToElement(recipe, _words),
        VersionsOf(engine));

    /// <summary>What the program computes with now: versions, device and number type, by name.</summary>
    public static IReadOnlyDictionary<string, string?> VersionsOf(LlamaEngine engine) => new Dictionary<string, string?>
    {
        ["engineVersion"] = typeof(LlamaEngine).Assembly.GetName().Version?.ToString(),
        ["torchVersion"] = TorchSharp.torch.__version__,
        ["device"] = engine.Model.Device.ToString(),
        ["type"] = engine.Model.Type.ToString(),
    };
}
