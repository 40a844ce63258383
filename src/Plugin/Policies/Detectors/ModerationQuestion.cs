namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>A score from a moderation endpoint.</summary>
/// <param name="Category">The category, such as <c>violence</c>.</param>
/// <param name="Threshold">The score from 0 to 1 from which it fires; null where the service's own flag decides.</param>
internal sealed record ModerationQuestion(string Category, double? Threshold) : CostlyQuestion("moderation");
