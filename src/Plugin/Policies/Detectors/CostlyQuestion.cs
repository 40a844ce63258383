namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>What a model or a service is asked about a text. Questions are equal when their answers are, so each is asked once.</summary>
/// <param name="Kind">The detector's key in a policy.</param>
internal abstract record CostlyQuestion(string Kind);
