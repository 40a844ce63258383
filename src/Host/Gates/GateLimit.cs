using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Gates;

/// <summary>What a number must not cross.</summary>
/// <param name="AtMost">Whether it is a ceiling; otherwise it is a floor.</param>
/// <param name="Value">The ceiling or floor itself, which may be met.</param>
internal sealed record GateLimit(bool AtMost, double Value)
{
    /// <summary>Whether a number keeps to it; never one that is none.</summary>
    public bool Holds(double number) => AtMost ? number <= Value : number >= Value;

    /// <summary>The end of an interval that is nearest to crossing it.</summary>
    public double Worst(Estimate estimate) => AtMost ? estimate.High : estimate.Low;
}
