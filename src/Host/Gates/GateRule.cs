namespace Unlearning.Host.Gates;

/// <summary>One gate as configured under <c>Unlearning:Gates</c>.</summary>
public sealed record GateRule
{
    /// <summary>Names the gate in verdicts and reports.</summary>
    public required string Name { get; init; }

    /// <summary>The metric it judges, see <c>docs/evaluation.md</c>.</summary>
    public required string Metric { get; init; }

    /// <summary>What is compared.</summary>
    public required GateKind Kind { get; init; }

    /// <summary>In the metric's unit; a fraction for the relative kinds (0.03 is 3 %).</summary>
    public required double Threshold { get; init; }

    /// <summary>Which number is compared. The default is the conservative end of the interval.</summary>
    public GateBound Bound { get; init; } = GateBound.Conservative;

    /// <summary>With fewer prompts than this the gate is inconclusive.</summary>
    public int MinimumSample { get; init; } = 1;
}
