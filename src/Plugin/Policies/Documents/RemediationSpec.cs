namespace Unlearning.Plugin.Policies.Documents;

internal sealed record RemediationSpec(bool Enabled, string RefusalText, TriggerSpec? Trigger = null);
