using System.Runtime.CompilerServices;

namespace Unlearning.Engine.Objectives;

/// <summary>Refuses a loss's setting that is out of range, by name.</summary>
internal static class Setting
{
    public static double Positive(string loss, double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value > 0 && double.IsFinite(value) ? value : throw Refusal(loss, name, value, "a positive number");

    public static double Finite(string loss, double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        double.IsFinite(value) ? value : throw Refusal(loss, name, value, "a finite number");

    public static double Share(string loss, double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value is > 0 and <= 1 ? value : throw Refusal(loss, name, value, "a number above 0 and at most 1");

    private static ArgumentException Refusal(string loss, string name, double value, string wanted) =>
        new(FormattableString.Invariant($"The setting {name} of the loss '{loss}' is {value}; it must be {wanted}."), name);
}
