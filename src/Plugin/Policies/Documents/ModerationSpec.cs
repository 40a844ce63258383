namespace Unlearning.Plugin.Policies.Documents;

internal sealed record ModerationSpec(string Category, double? Threshold = null);
