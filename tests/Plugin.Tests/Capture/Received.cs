namespace Unlearning.Plugin.Tests.Capture;

/// <summary>What a caller got, however it called.</summary>
/// <param name="Text">All text.</param>
/// <param name="Properties">The properties or metadata of the answer, those of later updates over those of earlier ones.</param>
/// <param name="FinishReason">Why it ended, where this style of call can see it.</param>
internal sealed record Received(string Text, IReadOnlyDictionary<string, object?> Properties, string? FinishReason);
