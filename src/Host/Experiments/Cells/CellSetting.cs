using Unlearning.Engine;
using Unlearning.Host.Runs.Recipes;

namespace Unlearning.Host.Experiments.Cells;

/// <summary>What all cells of an experiment have in common, in one string for their hashes.</summary>
internal static class CellSetting
{
    /// <summary>
    /// Version of the methods. Raise it with a change that makes the same recipe give other numbers: no cell from before then counts any more.
    /// The first is not written, as cells were made before there were versions.
    /// </summary>
    public const int Methods = 1;

    /// <summary>The setting.</summary>
    /// <param name="model">Hash of the model's content.</param>
    /// <param name="data">Hash of the data.</param>
    /// <param name="engine">How it computes.</param>
    /// <param name="shared">The recipe that the methods share.</param>
    /// <param name="methods">Version of the methods, at least 1.</param>
    public static string Of(string model, string data, EngineOptions engine, RecipeOptions shared, int methods = Methods)
    {
        string setting = string.Join(' ', model, data, engine.Device, engine.Type, engine.ChatTemplate, shared.AnswerTokens);
        return methods == 1 ? setting : $"{setting} methods {methods}";
    }
}
