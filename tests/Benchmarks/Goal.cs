using System.Globalization;

namespace Unlearning.Benchmarks;

/// <summary>A bound that a figure has to keep.</summary>
/// <param name="Bound">In the row's unit.</param>
/// <param name="AtLeast">Whether more is better.</param>
internal sealed record Goal(double Bound, bool AtLeast = false)
{
    /// <summary>Whether <paramref name="value"/> keeps the bound.</summary>
    public bool IsMetBy(double value) => AtLeast ? value >= Bound : value <= Bound;

    public override string ToString() => (AtLeast ? ">= " : "<= ") + Bound.ToString("#,0.##", CultureInfo.InvariantCulture);
}
