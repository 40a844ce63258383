namespace Unlearning.Plugin.Policies.Documents;

internal sealed record EnforcementSpec(string Mode);
