using System.Text.Json.Serialization;

namespace Unlearning.Host.Gates;

/// <summary>What a gate, or all gates together, say about a candidate. Only <see cref="Pass"/> promotes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Verdict>))]
public enum Verdict
{
    /// <summary>The rule holds.</summary>
    Pass,

    /// <summary>The rule is broken.</summary>
    Fail,

    /// <summary>The measurement does not allow a judgement: it is missing, not a number, or too small a sample.</summary>
    Inconclusive,
}
