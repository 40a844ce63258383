namespace Unlearning.Plugin.Policies.Documents;

internal sealed record CaptureSpec(double Sample = 1, IReadOnlyList<string>? RedactNames = null, int? RetentionDays = null);
