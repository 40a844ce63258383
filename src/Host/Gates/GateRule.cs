using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Gates;

/// <summary>A rule over one metric of an evaluation, as it is written down; it judges by the strategies that it names. Rules are configuration, see
/// <see cref="GateConfiguration"/>.</summary>
public sealed record GateRule : IGate
{
    /// <summary>Names the gate in verdicts and reports.</summary>
    public required string Name { get; init; }

    /// <summary>The metric it judges, one of <see cref="MetricNames"/>.</summary>
    public required string Metric { get; init; }

    /// <summary>The hazard whose prompts alone it judges; null for all.</summary>
    public HazardScope? Hazard { get; init; }

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

    /// <inheritdoc/>
    public GateVerdict Judge(EvaluationReport report)
    {
        (IMeasure measure, GateLimit limit) = Strategies();
        return new SampledGate(new LimitGate(Name, Metric, Hazard, measure, limit, Bound), MinimumSample).Judge(report);
    }

    private (IMeasure Measure, GateLimit Limit) Strategies() => Kind switch
    {
        GateKind.Maximum => (new LevelMeasure(), new GateLimit(true, Threshold)),
        GateKind.Minimum => (new LevelMeasure(), new GateLimit(false, Threshold)),
        GateKind.MaximumIncrease => (new ChangeMeasure(), new GateLimit(true, Threshold)),
        GateKind.MinimumDecrease => (new ChangeMeasure(), new GateLimit(true, -Threshold)),
        GateKind.MaximumRelativeIncrease => (new RelativeChangeMeasure(), new GateLimit(true, Threshold)),
        GateKind.MaximumRelativeDecrease => (new RelativeChangeMeasure(), new GateLimit(false, -Threshold)),
        _ => throw new InvalidOperationException($"The gate '{Name}' is of no known kind."),
    };
}
