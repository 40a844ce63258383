using Unlearning.Plugin.Capture;

namespace Unlearning.Plugin.Transport.Wire;

/// <summary>One policy's match of an <see cref="IncidentRecord"/>.</summary>
internal sealed record MatchRecord
{
    public required string Policy { get; init; }

    public required string PolicyVersion { get; init; }

    public required string Hazard { get; init; }

    public required int Severity { get; init; }

    public bool PromptMatched { get; init; }

    public bool ToolResultMatched { get; init; }

    public bool AnswerMatched { get; init; }

    public IReadOnlyList<string> Detectors { get; init; } = [];

    public bool AutoAccept { get; init; }

    public bool RemediationEnabled { get; init; }

    public string RefusalText { get; init; } = "";

    public static MatchRecord Of(PolicyMatch match) => new()
    {
        Policy = match.Policy,
        PolicyVersion = match.PolicyVersion,
        Hazard = match.Hazard,
        Severity = match.Severity,
        PromptMatched = match.PromptMatched,
        ToolResultMatched = match.ToolResultMatched,
        AnswerMatched = match.AnswerMatched,
        Detectors = match.Detectors,
        AutoAccept = match.AutoAccept,
        RemediationEnabled = match.RemediationEnabled,
        RefusalText = match.RefusalText,
    };
}
