namespace Unlearning.Plugin.Capture;

/// <summary>What one policy found in one interaction, prompt and answer judged apart.</summary>
public sealed record PolicyMatch
{
    /// <summary>Gets the policy's name (<c>metadata.name</c>).</summary>
    public required string Policy { get; init; }

    /// <summary>Gets the policy's version (<c>metadata.version</c>).</summary>
    public required string PolicyVersion { get; init; }

    /// <summary>Gets the canonical hazard (<c>spec.taxonomy.canonical</c>), such as <c>ailuminate:ncr</c>.</summary>
    public required string Hazard { get; init; }

    /// <summary>Gets how grave the match is: 0 safe, 1 minor, 2 moderate, 3 severe, 4 critical.</summary>
    public required int Severity { get; init; }

    /// <summary>Gets a value indicating whether the prompt asks for harm.</summary>
    public required bool PromptMatched { get; init; }

    /// <summary>Gets a value indicating whether something a tool said asks for harm, as injected prompts do.</summary>
    public bool ToolResultMatched { get; init; }

    /// <summary>Gets a value indicating whether the answer itself is harmful. Only such an answer may ever be forgotten.</summary>
    public required bool AnswerMatched { get; init; }

    /// <summary>Gets the names of the detectors that fired, as <c>prompt/name</c>, <c>tool/name</c> or <c>answer/name</c>.</summary>
    public required IReadOnlyList<string> Detectors { get; init; }

    /// <summary>Gets a value indicating whether the policy lets this match be confirmed without a reviewer.</summary>
    public required bool AutoAccept { get; init; }

    /// <summary>Gets a value indicating whether the policy lets its incidents be unlearned.</summary>
    public required bool RemediationEnabled { get; init; }

    /// <summary>Gets the answer the policy would rather have had.</summary>
    public required string RefusalText { get; init; }
}
