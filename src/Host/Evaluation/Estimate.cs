namespace Unlearning.Host.Evaluation;

/// <summary>A measured quantity with its interval, at the confidence level of the report it stands in (95 % unless it says otherwise).</summary>
/// <param name="Value">The point estimate; NaN when nothing was measured.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end of the interval.</param>
/// <param name="N">How many prompts it rests on.</param>
public sealed record Estimate(double Value, double Low, double High, int N)
{
    /// <summary>An estimate that rests on nothing.</summary>
    public static Estimate None { get; } = new(double.NaN, double.NaN, double.NaN, 0);
}
