using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Gates;

/// <summary>Applies gates to an evaluation report. Pure: the same report and gates give the same decision and the same
/// words.</summary>
public static class GateJudge
{
    /// <summary>Applies all gates. Nothing measured, nothing configured or nothing certain never passes.</summary>
    public static GateDecision Judge(EvaluationReport report, IReadOnlyList<IGate> gates)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(gates);
        GateVerdict[] verdicts = [.. gates.Select(gate => gate.Judge(report))];
        Verdict overall = verdicts.Any(gate => gate.Verdict == Verdict.Fail) ? Verdict.Fail
            : verdicts.Length > 0 && verdicts.All(gate => gate.Verdict == Verdict.Pass) ? Verdict.Pass
            : Verdict.Inconclusive;
        return new GateDecision(overall, verdicts);
    }
}
