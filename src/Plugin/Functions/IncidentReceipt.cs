namespace Unlearning.Plugin.Functions;

/// <summary>What became of a reported interaction.</summary>
/// <param name="InteractionId">The id it was given; it is in the incident's record.</param>
/// <param name="Policies">The policies it was filed under.</param>
public sealed record IncidentReceipt(string InteractionId, IReadOnlyList<string> Policies);
