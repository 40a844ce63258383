using Unlearning.Plugin.Feedback;

namespace Unlearning.Plugin.Capture;

/// <summary>An interaction that at least one policy matched, or that a person rated, on its way to an <see cref="IIncidentSink"/>.</summary>
public sealed record IncidentReport
{
    /// <summary>Gets the interaction.</summary>
    public required Interaction Interaction { get; init; }

    /// <summary>Gets what the policies found, the gravest first.</summary>
    public required IReadOnlyList<PolicyMatch> Matches { get; init; }

    /// <summary>Gets the revision of the policy set that judged the interaction (<see cref="Policies.PolicySet.Revision"/>).</summary>
    public required string PolicyRevision { get; init; }

    /// <summary>
    /// Gets the base model that answered, as the SHA-256 of its weights in hex or as a name; or null, when the interaction's release and
    /// model are all that tells.
    /// </summary>
    public string? BaseModel { get; init; }

    /// <summary>
    /// Gets what a person said of the answer, when the report is theirs; null when it was captured. The text is then as they told it, and
    /// may be anyone's: nothing is confirmed by it, and no text of an incident is replaced by it.
    /// </summary>
    public UserFeedback? Feedback { get; init; }
}
