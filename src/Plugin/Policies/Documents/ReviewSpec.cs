namespace Unlearning.Plugin.Policies.Documents;

internal sealed record ReviewSpec(AutoAcceptSpec? AutoAccept = null);
