using System.Text.Json.Serialization;

namespace Unlearning.Host.Gates;

/// <summary>What a gate compares with its threshold.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GateKind>))]
public enum GateKind
{
    /// <summary>The candidate's value is at most the threshold.</summary>
    Maximum,

    /// <summary>The candidate's value is at least the threshold.</summary>
    Minimum,

    /// <summary>Candidate minus baseline is at most the threshold (which may be 0 or negative: "must fall by").</summary>
    MaximumIncrease,

    /// <summary>Baseline minus candidate is at least the threshold.</summary>
    MinimumDecrease,

    /// <summary>(Candidate minus baseline) / |baseline| is at most the threshold.</summary>
    MaximumRelativeIncrease,

    /// <summary>(Baseline minus candidate) / |baseline| is at most the threshold.</summary>
    MaximumRelativeDecrease,
}
