namespace Unlearning.Host.Incidents.Review.Details;

/// <summary>A run that was trained on an incident.</summary>
/// <param name="RunId">The run.</param>
/// <param name="StartedAt">When it was accepted.</param>
/// <param name="State">Whether it is still to do.</param>
/// <param name="Verdict">What the gates said; null before.</param>
/// <param name="Release">The release it made; null for none.</param>
/// <param name="DataErasedAt">When data it was trained on was erased; null while it can be reproduced.</param>
internal sealed record RunUse(string RunId, DateTimeOffset StartedAt, string State, string? Verdict, string? Release, DateTimeOffset? DataErasedAt);
