namespace Unlearning.Host.Api.Management.Incidents;

/// <summary>A reviewer's wish about one incident.</summary>
/// <param name="Reason">Why, for the audit; personal data is replaced.</param>
/// <param name="Own">Of reopening: takes back the caller's own judgement alone.</param>
internal sealed record ReviewWish(string? Reason = null, bool Own = false);
