using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Gates;

/// <summary>A rule over one metric of an evaluation. Rules are configuration, see <see cref="GateConfiguration"/>.</summary>
public sealed record GateRule
{
    /// <summary>Names the gate in verdicts and reports.</summary>
    public required string Name { get; init; }

    /// <summary>The metric it judges, one of <see cref="MetricNames"/>.</summary>
    public required string Metric { get; init; }

    /// <summary>What is compared with the threshold.</summary>
    public required GateKind Kind { get; init; }

    /// <summary>In the metric's unit (0.05 of a share is 5 points); a fraction of the baseline for the relative kinds (0.03 is 3
    /// %).</summary>
    public required double Threshold { get; init; }

    /// <summary>Which number is compared.</summary>
    /// <value>The default is the conservative end of the interval.</value>
    public GateBound Bound { get; init; } = GateBound.Conservative;

    /// <summary>With fewer prompts than this the gate is inconclusive.</summary>
    /// <value>The default is 30.</value>
    public int MinimumSample { get; init; } = 30;
}
