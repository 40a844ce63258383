namespace Unlearning.Host.Cli.Policies;

/// <summary>An incident that a new set of policies judges otherwise than the set in force.</summary>
/// <param name="Incident">The incident's id.</param>
/// <param name="What">What is different, as <see cref="DryRun"/> names it.</param>
/// <param name="Before">What the set in force says.</param>
/// <param name="After">What the new set says.</param>
/// <param name="Prompt">The stored prompt, where text was asked for.</param>
/// <param name="Answer">The stored answer, where text was asked for.</param>
internal sealed record IncidentChange(
    Guid Incident, IReadOnlyList<string> What, Judgement Before, Judgement After, string? Prompt, string? Answer);
