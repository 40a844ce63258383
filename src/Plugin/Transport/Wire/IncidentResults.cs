namespace Unlearning.Plugin.Transport.Wire;

/// <summary>A Host's answer to a batch: one result for each record, in their order.</summary>
internal sealed record IncidentResults(IReadOnlyList<IncidentResult> Results);
