namespace Unlearning.Host.Api.Management;

/// <summary>Why somebody does what they do.</summary>
/// <param name="Reason">In one sentence; kept in the record.</param>
public sealed record Because(string Reason);
