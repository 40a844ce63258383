namespace Unlearning.Engine.Directions;

/// <summary>An objective's gradient holds NaN or infinity (or overflows when squared): no direction can be formed from it.</summary>
public sealed class NonFiniteGradientException : ArithmeticException
{
    internal NonFiniteGradientException(IReadOnlyList<int> rows, IReadOnlyList<string>? names)
        : base($"The gradient of {Describe(rows, names)} is not finite. Lower the learning rate, or look for a batch whose loss is NaN or infinite.")
        => Rows = rows;

    /// <summary>The rows of the Gram matrix at fault, from 0.</summary>
    public IReadOnlyList<int> Rows { get; }

    private static string Describe(IReadOnlyList<int> rows, IReadOnlyList<string>? names) =>
        string.Join(" and ", rows.Select(i => names is null ? $"objective {i}" : $"objective {i} ({names[i]})"));
}
