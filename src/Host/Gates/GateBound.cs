using System.Text.Json.Serialization;

namespace Unlearning.Host.Gates;

/// <summary>Which number of an estimate is held against the threshold.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GateBound>))]
public enum GateBound
{
    /// <summary>The point estimate.</summary>
    Point,

    /// <summary>The end of the interval that makes the gate harder to pass: passing means that the data support the rule, not only
    /// that they do not contradict it.</summary>
    Conservative,
}
