namespace Unlearning.Plugin.Policies.Documents;

internal sealed record CaptureSpec(IReadOnlyList<string>? RedactNames = null, int? RetentionDays = null);
