namespace Unlearning.Host.Api.Wire;

/// <summary>The answer.</summary>
internal sealed record AssistantMessage(string Role, string Content);
