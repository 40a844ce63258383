namespace Unlearning.Host.Runs.Stages;

/// <summary>What a run selected, beside its sets.</summary>
/// <param name="BaseModelHash">The base whose incidents they are.</param>
/// <param name="SetsHash">SHA-256 of the sets.</param>
/// <param name="PolicyRevision">The policies that selected and gave the refusals.</param>
internal sealed record Selection(string BaseModelHash, string SetsHash, string PolicyRevision);
