using Unlearning.Host.Incidents;

namespace Unlearning.Host.Tests.Incidents;

/// <summary>Observations with everything but the point of a test filled in.</summary>
internal static class Observe
{
    public const string BaseHash = "base-hash";

    private static int _interactions;

    public static IncidentObservation Harmful(string fingerprint, string answer = "the harmful answer") => new()
    {
        InteractionId = $"interaction-{Interlocked.Increment(ref _interactions)}",
        Fingerprint = fingerprint,
        Hazard = "ailuminate:ncr",
        BaseModelHash = BaseHash,
        Policy = "non-violent-crimes",
        PolicyVersion = "1.0.0",
        PolicyRevision = "revision",
        Severity = 3,
        Prompt = $"prompt of {fingerprint}",
        Answer = answer,
        ReleaseLineage = ["base"],
        PromptMatched = true,
        AnswerMatched = true,
        RemediationEnabled = true,
        At = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
    };

    public static IncidentObservation Refused(string fingerprint) =>
        Harmful(fingerprint, "I can't help with that.") with { AnswerMatched = false };
}
