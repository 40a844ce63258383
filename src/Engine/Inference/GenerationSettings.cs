namespace Unlearning.Engine.Inference;

/// <summary>How to continue a prompt.</summary>
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

    /// <summary>Seed of the sampling; the same seed, prompt and weights give the same answer.</summary>
    public long Seed { get; init; }

    /// <summary>Strings at which the answer ends; they are not part of it.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>Checks ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range; the message names it.</exception>
    public void Validate()
    {
        if (MaximumTokens < 1)
            throw new ArgumentOutOfRangeException(nameof(MaximumTokens), MaximumTokens, "The token limit must be at least 1.");
        if (Temperature is < 0 or > 10 || !double.IsFinite(Temperature))
            throw new ArgumentOutOfRangeException(nameof(Temperature), Temperature, "The temperature must be between 0 and 10.");
        if (TopP is <= 0 or > 1 || !double.IsFinite(TopP))
            throw new ArgumentOutOfRangeException(nameof(TopP), TopP, "Top-p must be above 0 and at most 1.");
        if (TopK < 0)
            throw new ArgumentOutOfRangeException(nameof(TopK), TopK, "Top-k must be 0 (all) or more.");
    }
}
