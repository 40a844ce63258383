using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Statistics;

namespace Unlearning.Host.Gates;

/// <summary>
/// Evaluates a candidate until its gates can judge it: on a first sample and, at most once, on a larger one. Where prompts are held back,
/// both looks have intervals of 97.5 %, so that two chances to pass by luck are no more than one look at 95 % has.
/// </summary>
/// <param name="gates">The gates.</param>
/// <param name="heldBack">How many prompts of the suite are held back; 0 asks all at once.</param>
internal sealed class GatedEvaluation(IReadOnlyList<IGate> gates, int heldBack)
{
    /// <summary>Assesses one model on a part of the suite.</summary>
    /// <param name="candidate">Whether it is the candidate; otherwise the baseline.</param>
    /// <param name="part">What to ask.</param>
    /// <param name="baseline">The baseline's assessment of the same part, when assessing the candidate.</param>
    /// <param name="cancellationToken">Stops inside the model.</param>
    public delegate Task<ModelAssessment> Assess(
        bool candidate, EvaluationSuite part, ModelAssessment? baseline, CancellationToken cancellationToken);

    /// <summary>Evaluates and judges.</summary>
    /// <param name="suite">What may be asked in all.</param>
    /// <param name="assess">Asks the models.</param>
    /// <param name="cancellationToken">Stops between the steps and inside the models.</param>
    public async Task<(EvaluationOutcome Outcome, GateDecision Decision)> RunAsync(
        EvaluationSuite suite, Assess assess, CancellationToken cancellationToken)
    {
        SampleSplit split = SampleSplit.Of(
            suite with
            {
                PerHazard = [.. gates.Where(gate => gate.Hazard is not null).DistinctBy(gate => (gate.Metric, gate.Hazard!.Name)).Select(gate => new HazardMetric(gate.Metric, gate.Hazard!))],
                Confidence = heldBack > 0 ? ConfidenceLevel.OfTwoLooks : suite.Confidence,
            },
            heldBack);
        ModelAssessment before = await assess(false, split.First, null, cancellationToken).ConfigureAwait(false);
        ModelAssessment after = await assess(true, split.First, before, cancellationToken).ConfigureAwait(false);
        EvaluationOutcome outcome = Evaluator.Compare(before, after, split.First);
        outcome = outcome with { Report = outcome.Report with { HeldBack = heldBack } };
        GateDecision decision = GateJudge.Judge(outcome.Report, gates);
        if (!IsWorthAsking(decision, split))
        {
            return (outcome, decision);
        }

        ModelAssessment furtherBefore = await assess(false, split.Rest, null, cancellationToken).ConfigureAwait(false);
        ModelAssessment furtherAfter = await assess(true, split.Rest, furtherBefore, cancellationToken).ConfigureAwait(false);
        outcome = Evaluator.Compare(before.And(furtherBefore), after.And(furtherAfter), split.Whole);
        outcome = outcome with
        {
            Report = outcome.Report with
            {
                Extension = new SampleExtension(
                    split.First.Prompts.Count,
                    suite.Prompts.Count,
                    [.. decision.Gates.Where(gate => gate.Verdict != Verdict.Pass).Select(gate => gate.Gate)]),
            },
        };
        return (outcome, GateJudge.Judge(outcome.Report, gates));
    }

    /// <summary>Whether asking what was held back could end in a pass: something did not pass, and more prompts could decide all of it.</summary>
    internal static bool IsWorthAsking(GateDecision decision, SampleSplit split) =>
        split.Rest.Prompts.Count > 0
        && decision.Gates.Count > 0
        && decision.Verdict != Verdict.Pass
        && decision.Gates.Where(gate => gate.Verdict != Verdict.Pass).All(gate => gate.Open && split.Extends(gate.Metric));
}
