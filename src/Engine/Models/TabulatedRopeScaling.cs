namespace Unlearning.Engine.Models;

/// <summary>One divisor for each frequency. GGUF files store Llama 3.1's scaling so, in <c>rope_freqs.weight</c>.</summary>
/// <param name="Divisors">HeadDim / 2 positive numbers.</param>
public sealed record TabulatedRopeScaling(IReadOnlyList<double> Divisors) : RopeScaling
{
    /// <inheritdoc />
    public override void Apply(Span<double> inverseFrequencies)
    {
        if (inverseFrequencies.Length != Divisors.Count)
            throw new ArgumentException($"There are {Divisors.Count} divisors for {inverseFrequencies.Length} frequencies.", nameof(inverseFrequencies));
        for (var i = 0; i < inverseFrequencies.Length; i++)
            inverseFrequencies[i] /= Divisors[i];
    }
}
