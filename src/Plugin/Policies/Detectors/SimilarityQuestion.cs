namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>How near a text is in meaning to examples of harm.</summary>
/// <param name="Examples">The examples, one a line.</param>
/// <param name="KnownHazard">The hazard whose known incidents are examples, too; null for none.</param>
/// <param name="Threshold">The cosine from -1 to 1 from which it fires.</param>
internal sealed record SimilarityQuestion(string Examples, string? KnownHazard, double Threshold) : CostlyQuestion("similar_to");
