using System.Text.Json;
using Unlearning.Engine.Inference;
using Unlearning.Host.Releases;
using Unlearning.Host.Runs.Sets;

namespace Unlearning.Host.Runs.Stages;

/// <summary>The manifest that reproduces a run, from what its stages left rather than from what is configured now.</summary>
internal static class RunManifest
{
    /// <summary>Builds it.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="engine">The base.</param>
    /// <param name="sets">What was trained on.</param>
    /// <param name="selection">What they are.</param>
    /// <param name="recipe">What the training began with.</param>
    /// <param name="evaluation">What was measured.</param>
    /// <param name="verdict">What the gates said; "inconclusive" while they have not.</param>
    public static ReleaseManifest Of(
        string runId, LlamaEngine engine, RunSets sets, Selection selection, TrainingRecipe recipe, JsonElement evaluation, string verdict = "inconclusive")
    {
        Dictionary<string, JsonElement> details = new()
        {
            ["recipe"] = recipe.Recipe,
            ["evaluation"] = evaluation,
            ["setsHash"] = JsonSerializer.SerializeToElement(selection.SetsHash),
            ["sets"] = JsonSerializer.SerializeToElement(sets.Sizes()),
            ["hazards"] = JsonSerializer.SerializeToElement(sets.Hazards),
            ["policyRevision"] = JsonSerializer.SerializeToElement(selection.PolicyRevision),
        };
        foreach ((string name, string? value) in recipe.Versions)
            details[name] = JsonSerializer.SerializeToElement(value);
        return new ReleaseManifest
        {
            RunId = runId,
            BaseModel = engine.Name,
            BaseModelHash = engine.BaseHash,
            Parent = sets.Parent,
            Verdict = verdict,
            Details = details,
        };
    }
}
