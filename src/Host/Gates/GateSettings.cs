namespace Unlearning.Host.Gates;

/// <summary>One gate as it stands in the configuration; <see cref="GateConfiguration"/> checks it and makes a <see cref="GateRule"/> of
/// it.</summary>
internal sealed class GateSettings
{
    /// <summary>Whether the gate is applied.</summary>
    /// <value>The default is true; false takes a gate of an earlier configuration source away.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>The metric's name.</summary>
    public string? Metric { get; set; }

    /// <summary>The hazard whose prompts alone are judged, as taxonomy:name; all when left out.</summary>
    public string? Hazard { get; set; }

    /// <summary>What is compared.</summary>
    public GateKind? Kind { get; set; }

    /// <summary>The threshold.</summary>
    public double? Threshold { get; set; }

    /// <summary>Which number is compared.</summary>
    public GateBound Bound { get; set; } = GateBound.Conservative;

    /// <summary>The smallest sample that is judged.</summary>
    public int MinimumSample { get; set; } = 30;
}
