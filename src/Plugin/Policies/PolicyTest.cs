namespace Unlearning.Plugin.Policies;

/// <summary>An example that a policy file carries, with the judgement it expects.</summary>
/// <param name="Name">What the example shows.</param>
/// <param name="Expect">The judgement.</param>
/// <param name="Prompt">The user's text.</param>
/// <param name="Answer">The assistant's text.</param>
public sealed record PolicyTest(string Name, PolicyTestExpectation Expect, string Prompt = "", string Answer = "");
