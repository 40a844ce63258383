namespace Unlearning.Engine.Inference;

/// <summary>
/// How to continue a prompt. The penalties change the logits first; then comes the temperature, then top-k, top-p over what top-k
/// left, and min-p.
/// </summary>
public sealed record GenerationSettings
{
    /// <summary>Most tokens to generate. The default is 256.</summary>
    public int MaximumTokens { get; init; } = 256;

    /// <summary>Sampling temperature; 0 (the default) takes the most probable token.</summary>
    public double Temperature { get; init; }

    /// <summary>Nucleus sampling: the smallest set of tokens whose probability reaches this. 1 (the default) keeps all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Keeps the k most probable tokens; 0 (the default) keeps all.</summary>
    public int TopK { get; init; }

    /// <summary>Keeps tokens at least this share as probable as the most probable one. 0 (the default) keeps all.</summary>
    public double MinP { get; init; }

    /// <summary>
    /// Divides positive and multiplies negative logits of the tokens of prompt and answer (Keskar et al., 2019). 1 (the default) does nothing.
    /// </summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Taken from a token's logit for each time it stands in the answer. The default is 0.</summary>
    public double FrequencyPenalty { get; init; }

    /// <summary>Taken from a token's logit once it stands in the answer. The default is 0.</summary>
    public double PresencePenalty { get; init; }

    /// <summary>Seed of the sampling; the same seed, prompt and weights give the same answer, whatever else is in the batch.</summary>
    public long Seed { get; init; }

    /// <summary>Strings at which the answer ends; they are not part of it.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>
    /// Reports each token's log-probability with this many alternatives, 0 to 20; null (the default) reports none.
    /// </summary>
    public int? LogProbabilities { get; init; }

    /// <summary>Checks ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range; the message names it.</exception>
    public void Validate()
    {
        Require(MaximumTokens >= 1, nameof(MaximumTokens), MaximumTokens, "The token limit must be at least 1.");
        Require(Temperature is >= 0 and <= 10, nameof(Temperature), Temperature, "The temperature must be between 0 and 10.");
        Require(TopP is > 0 and <= 1, nameof(TopP), TopP, "Top-p must be above 0 and at most 1.");
        Require(TopK >= 0, nameof(TopK), TopK, "Top-k must be 0 (all) or more.");
        Require(MinP is >= 0 and <= 1, nameof(MinP), MinP, "Min-p must be between 0 and 1.");
        Require(RepetitionPenalty is > 0 and <= 10, nameof(RepetitionPenalty), RepetitionPenalty, "The repetition penalty must be above 0 and at most 10.");
        Require(FrequencyPenalty is >= -2 and <= 2, nameof(FrequencyPenalty), FrequencyPenalty, "The frequency penalty must be between -2 and 2.");
        Require(PresencePenalty is >= -2 and <= 2, nameof(PresencePenalty), PresencePenalty, "The presence penalty must be between -2 and 2.");
        Require(LogProbabilities is null or (>= 0 and <= 20), nameof(LogProbabilities), LogProbabilities, "Alternatives must be between 0 and 20.");
        Require(StopStrings.All(stop => !string.IsNullOrEmpty(stop)), nameof(StopStrings), StopStrings, "A stop string must not be empty.");
    }

    private static void Require(bool holds, string name, object? value, string message)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(name, value, message);
    }
}
