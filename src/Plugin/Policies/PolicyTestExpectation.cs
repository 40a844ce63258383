namespace Unlearning.Plugin.Policies;

/// <summary>What an example expects; what is null is not checked.</summary>
/// <param name="Prompt">Whether the prompt matches.</param>
/// <param name="Answer">Whether the answer matches.</param>
/// <param name="Severity">The severity, 0 to 4; 0 when nothing matches.</param>
public sealed record PolicyTestExpectation(bool? Prompt = null, bool? Answer = null, int? Severity = null);
