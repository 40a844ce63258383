namespace Unlearning.Plugin.Policies.Detectors;

/// <summary>A yes-or-no question to a chat model.</summary>
/// <param name="Client">The key of the chat client.</param>
/// <param name="Question">The question; yes means that the detector fires.</param>
internal sealed record JudgeQuestion(string Client, string Question) : CostlyQuestion("judge");
