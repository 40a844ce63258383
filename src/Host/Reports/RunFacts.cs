namespace Unlearning.Host.Reports;

/// <summary>What a report says about the run besides its measurements.</summary>
public sealed record RunFacts
{
    /// <summary>The run's id.</summary>
    public required string RunId { get; init; }

    /// <summary>When the run started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it took, from selection to verdict; null where that must not show, as in a release, which equal runs make equal.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>The base model, for example "SmolLM2-135M-Instruct (Q4_1)".</summary>
    public required string Model { get; init; }

    /// <summary>Hash of the base model's weights.</summary>
    public required string ModelHash { get; init; }

    /// <summary>The adapter's content-hashed name.</summary>
    public required string Adapter { get; init; }

    /// <summary>The direction rule, for example "dual_space".</summary>
    public required string Direction { get; init; }

    /// <summary>Sizes of the sets that were trained on, by name: forget, normal, retain, ...</summary>
    public required IReadOnlyDictionary<string, int> Sets { get; init; }

    /// <summary>The seed of the run.</summary>
    public required int Seed { get; init; }

    /// <summary>What became of the candidate, in one sentence: promoted as which release, or why not.</summary>
    public required string Outcome { get; init; }

    /// <summary>Further facts, name and value, shown as they are.</summary>
    public IReadOnlyDictionary<string, string> More { get; init; } = new Dictionary<string, string>();
}
