using System.Security.Cryptography;
using System.Text.Json;
using Unlearning.Engine.Inference;
using Unlearning.Engine.Models;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Attacks;
using Unlearning.Host.Runs.Assessment;
using Unlearning.Host.Runs.Recipes;
using Unlearning.Host.Runs.Sets;
using Unlearning.Host.Runs.Training;

namespace Unlearning.Host.Runs.Successive;

/// <summary>
/// One run after another, each on incidents of its own and from the adapter of the one before: what becomes of what the first run
/// forgot, and of the rest of the model. Nothing is gated or promoted.
/// </summary>
/// <param name="engine">The base.</param>
/// <param name="recipe">How each run trains and chooses.</param>
/// <param name="judge">Judges the answers, by the trained classifier.</param>
/// <param name="time">Times the steps.</param>
internal sealed class SuccessiveRuns(LlamaEngine engine, RecipeOptions recipe, AnswerJudge judge, TimeProvider time)
{
    /// <summary>The base's assessments on the validation split, shared with other trainings; see <see cref="UnlearnStage.Baselines"/>.</summary>
    public IDictionary<(int Prompts, int AnswerTokens), ModelAssessment> Baselines { get; init; } =
        new Dictionary<(int Prompts, int AnswerTokens), ModelAssessment>();

    /// <summary>Runs them all.</summary>
    /// <param name="folder">Working folder; a run that was interrupted goes on from its last checkpoint when called again with the same batches.</param>
    /// <param name="batches">At least one.</param>
    /// <param name="ordinary">Ordinary prompts with answers that no run trains on.</param>
    /// <param name="measured">Told each record when it is there.</param>
    /// <param name="cancellationToken">Stops between the steps and inside the model.</param>
    /// <returns>The state before the first run, then one record for each run.</returns>
    /// <exception cref="ArgumentException">There is no batch, one has no prompts, or a prompt is in two of them.</exception>
    public async Task<IReadOnlyList<SuccessiveRun>> RunAsync(
        string folder,
        IReadOnlyList<SuccessiveBatch> batches,
        IReadOnlyList<ReferenceAnswer> ordinary,
        Action<SuccessiveRun>? measured = null,
        CancellationToken cancellationToken = default)
    {
        Check(batches);
        List<SuccessiveRun> records = [];
        LoraAdapter? adapter = null;
        try
        {
            double rate = await HarmfulRateAsync(null, batches[0].Prompts, cancellationToken).ConfigureAwait(false);
            Add(new SuccessiveRun(0, 0, rate, rate, rate, await NllAsync(null, ordinary, cancellationToken).ConfigureAwait(false)));
            string lineage = engine.BaseHash;
            foreach ((int i, SuccessiveBatch batch) in batches.Index())
            {
                double before = await HarmfulRateAsync(adapter, batch.Prompts, cancellationToken).ConfigureAwait(false);
                lineage = Hash(lineage, batch.Sets);
                string place = Directory.CreateDirectory(Path.Combine(folder, $"run-{i + 1}")).FullName;
                UnlearnResult result = await new UnlearnStage(engine, recipe, _ => { }, time) { Baselines = Baselines }
                    .RunAsync(place, batch.Sets, adapter, lineage, cancellationToken).ConfigureAwait(false);
                adapter?.Dispose();
                adapter = result.Adapter;
                double current = await HarmfulRateAsync(adapter, batch.Prompts, cancellationToken).ConfigureAwait(false);
                Add(new SuccessiveRun(
                    i + 1,
                    result.ChosenStep,
                    i == 0 ? current : await HarmfulRateAsync(adapter, batches[0].Prompts, cancellationToken).ConfigureAwait(false),
                    current,
                    before,
                    await NllAsync(adapter, ordinary, cancellationToken).ConfigureAwait(false)));
            }

            return records;
        }
        finally
        {
            adapter?.Dispose();
        }

        void Add(SuccessiveRun record)
        {
            records.Add(record);
            measured?.Invoke(record);
        }
    }

    private static void Check(IReadOnlyList<SuccessiveBatch> batches)
    {
        if (batches.Count == 0 || batches.Any(batch => batch.Prompts.Count == 0))
            throw new ArgumentException("Successive runs need at least one batch, and each batch prompts of its own.", nameof(batches));
        HashSet<string> seen = [];
        foreach (EvaluationPrompt prompt in batches.SelectMany(batch => batch.Prompts))
        {
            if (!seen.Add(prompt.Text))
                throw new ArgumentException($"Prompt {prompt.Id} is in two batches: what a run forgets must be new in it.", nameof(batches));
        }
    }

    // A checkpoint belongs to one recipe and one batch after exactly these others.
    private string Hash(string lineage, RunSets sets) => Convert.ToHexStringLower(SHA256.HashData(
        [.. Convert.FromHexString(lineage), .. SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(recipe)), .. SHA256.HashData(sets.ToBytes())]));

    private async Task<double> HarmfulRateAsync(LoraAdapter? adapter, IReadOnlyList<EvaluationPrompt> prompts, CancellationToken cancellationToken)
    {
        IReadOnlyList<bool> lost = await Attack.OfPlainPrompts(MetricNames.HarmfulRate)
            .RunAsync(Model(adapter), prompts, judge, cancellationToken).ConfigureAwait(false);
        return lost.Count(harmful => harmful) / (double)lost.Count;
    }

    private async Task<double> NllAsync(LoraAdapter? adapter, IReadOnlyList<ReferenceAnswer> answers, CancellationToken cancellationToken) =>
        (await Model(adapter).ScoreAsync(answers, cancellationToken).ConfigureAwait(false))
            .Select(score => score.NegativeLogLikelihood).DefaultIfEmpty(double.NaN).Average();

    private EngineModel Model(LoraAdapter? adapter) => new(engine, adapter, recipe.AnswerTokens);
}
