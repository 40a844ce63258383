namespace Unlearning.Host.Evaluation.Attacks;

/// <summary>How a model under test draws its tokens.</summary>
/// <param name="Temperature">0 takes the most probable token.</param>
/// <param name="Seed">Decides the draws: the same seed, prompt and weights give the same answer, whatever else is asked with it.</param>
public sealed record Sampling(double Temperature, long Seed)
{
    /// <summary>The most probable token each time.</summary>
    public static Sampling Greedy { get; } = new(0, 0);
}
