using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Unlearning.Engine.Inference;
using Unlearning.Engine.Weights;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Privacy;
using Unlearning.Host.Runs.Recipes;

namespace Unlearning.Host.Runs.Stages;

/// <summary>
/// What the baseline said, kept while a run evaluates, so that an interrupted evaluation goes on with the candidate. Each part of the suite
/// lies under the hash of all that decides it: anything else is asked anew. Encrypted, because answers are in it, and deleted with the
/// evaluation's end.
/// </summary>
internal sealed class KeptBaseline(
    RunFolder folder, TextProtector protector, LlamaEngine engine, EvaluationOptions options, RecipeOptions recipe, AnswerJudge judge)
{
    // Doubles are written so that they are read as the same bits; what is computed from the rest is not written.
    private static readonly JsonSerializerOptions _json = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        IgnoreReadOnlyProperties = true,
    };

    /// <summary>The baseline's assessment of a part: the kept one, or one that is made and kept now.</summary>
    /// <param name="part">What it was asked, or is to be asked.</param>
    /// <param name="assess">Asks it.</param>
    /// <exception cref="KeyRingException">The key of the kept one is not in the ring.</exception>
    public async Task<ModelAssessment> GetAsync(EvaluationSuite part, Func<Task<ModelAssessment>> assess)
    {
        string file = Path.Combine(folder.File(RunFolder.Baseline), $"{HashOf(part)}.json");
        if (File.Exists(file))
            return JsonSerializer.Deserialize<ModelAssessment>(protector.Unprotect(await File.ReadAllBytesAsync(file).ConfigureAwait(false)), _json)!;
        ModelAssessment assessed = await assess().ConfigureAwait(false);
        Directory.CreateDirectory(folder.File(RunFolder.Baseline));
        byte[] bytes = protector.Protect(JsonSerializer.SerializeToUtf8Bytes(assessed, _json));
        AtomicFile.Write(file, stream => stream.Write(bytes));
        return assessed;
    }

    /// <summary>Deletes what was kept.</summary>
    public static void Delete(RunFolder folder)
    {
        if (Directory.Exists(folder.File(RunFolder.Baseline)))
            Directory.Delete(folder.File(RunFolder.Baseline), recursive: true);
    }

    // The attacks follow from the options, the recipe and the program; the running text stands in the options by its hash.
    private string HashOf(EvaluationSuite part) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            engine.BaseHash,
            versions = TrainingRecipe.VersionsOf(engine),
            program = new[] { typeof(KeptBaseline), typeof(LlamaEngine), typeof(Plugin.Classifiers.TextClassifier) }.Select(type => type.Module.ModuleVersionId),
            options,
            recipe,
            judge.Identities,
            part.Prompts,
            part.HarmfulReferences,
            part.Likelihoods,
            part.Forgotten,
            part.Choices,
            part.AttackPrompts,
            part.HarmfulLessons,
            part.BenignLessons,
            part.Earlier,
            part.Seed,
        })));
}
