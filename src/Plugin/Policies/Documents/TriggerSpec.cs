namespace Unlearning.Plugin.Policies.Documents;

internal sealed record TriggerSpec(int? MinConfirmed = null, string? Window = null, int? OrSeverity = null);
