namespace Unlearning.Plugin.Policies.Documents;

internal sealed record AutoAcceptSpec(int SeverityLte);
