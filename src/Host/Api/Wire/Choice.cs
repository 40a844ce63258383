namespace Unlearning.Host.Api.Wire;

/// <summary>One answer of a response. The finish reason is never null: clients reject that.</summary>
internal sealed record Choice(int Index, AssistantMessage Message, string FinishReason);
