namespace Unlearning.Plugin.Policies.Documents;

/// <summary>Sets the severity when the detector named <paramref name="When"/> fired.</summary>
internal sealed record SeverityRule(string When, int Set);
