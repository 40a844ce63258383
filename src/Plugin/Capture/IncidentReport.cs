namespace Unlearning.Plugin.Capture;

/// <summary>An interaction that at least one policy matched, on its way to an <see cref="IIncidentSink"/>.</summary>
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
}
