namespace Unlearning.Plugin.Policies.Documents;

internal sealed record EnforcementSpec(string Mode, string? OnError = null, int? HoldBack = null);
