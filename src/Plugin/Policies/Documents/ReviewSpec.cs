namespace Unlearning.Plugin.Policies.Documents;

internal sealed record ReviewSpec(AutoAcceptSpec? AutoAccept = null, int MinReviewers = 1, int? SlaHours = null);
