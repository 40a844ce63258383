namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>A classification by a Llama-Guard-style model, whose answer is <c>safe</c>, or <c>unsafe</c> and the categories.</summary>
/// <param name="Client">The key of the chat client.</param>
/// <param name="Categories">The categories that count, joined by commas, such as <c>S2,S9</c>; empty for all.</param>
internal sealed record GuardQuestion(string Client, string Categories) : CostlyQuestion("guard");
