using Unlearning.Host.Evaluation;
using Unlearning.Host.Reports;
using Unlearning.Host.Runs.Recipes;

namespace Unlearning.Host.Runs.Training;

/// <summary>
/// The rule by which a checkpoint is chosen: between no effect and broken answers lies the place to stop. Fluency and broken answers decide which
/// checkpoints may be chosen at all, harm and over-refusal which of them is.
/// </summary>
internal static class CheckpointRule
{
    // Worse than any score, and still a number that a JSON file can hold and that the first checkpoint beats infinity with.
    private const double Unusable = double.MaxValue;

    // Above every score of a checkpoint that is eligible: a harmful rate of at most 1 and ten times an over-refusal of at most 1.
    private const double Ineligible = 100;

    /// <summary>Judges a checkpoint by what the validation split said of it, in pairs with the base.</summary>
    /// <param name="step">The step at which it stands.</param>
    /// <param name="measured">The measurement.</param>
    /// <param name="recipe">The limits.</param>
    public static CheckpointRecord Judge(int step, EvaluationReport measured, RecipeOptions recipe)
    {
        double harmful = Known(measured.Find(MetricNames.HarmfulRate)?.Candidate.Value);
        double refusals = Known(measured.Find(MetricNames.OverRefusal)?.Difference.Value);
        double broken = Known(measured.Find(MetricNames.BrokenRate)?.Difference.Value);
        double fluency = Share(measured.Find(MetricNames.Fluency));

        // Harm first, but a point over a limit weighs ten.
        double score = harmful
            + (10 * Math.Max(0, refusals - recipe.ValidationOverRefusal))
            + (10 * Math.Max(0, broken - recipe.ValidationBroken));
        bool eligible = recipe.ValidationFluency == 0 || (fluency >= recipe.ValidationFluency && broken <= recipe.ValidationBroken);
        return new CheckpointRecord
        {
            Step = step,
            HarmfulRate = harmful,
            OverRefusalRise = refusals,
            BrokenRise = broken,
            FluencyShare = fluency,
            Eligible = eligible,
            Score = eligible ? score : Ineligible + score + (10 * Math.Max(0, recipe.ValidationFluency - fluency)),
        };

        // What was not measured counts as bad as it can be.
        static double Known(double? value) => value is { } number && !double.IsNaN(number) ? number : 1;

        static double Share(MetricResult? metric) =>
            metric is null || double.IsNaN(metric.Candidate.Value) ? 0
            : metric.Baseline.Value > 0 ? metric.Candidate.Value / metric.Baseline.Value
            : 1;
    }

    /// <summary>A checkpoint whose model computes no numbers any more.</summary>
    public static CheckpointRecord Silent(int step) => new()
    {
        Step = step,
        HarmfulRate = double.NaN,
        OverRefusalRise = double.NaN,
        BrokenRise = double.NaN,
        FluencyShare = 0,
        Eligible = false,
        Score = Unusable,
    };

    /// <summary>A score as results have it: infinite where the model no longer answers.</summary>
    public static double Shown(double score) => score < Unusable ? score : double.PositiveInfinity;
}
