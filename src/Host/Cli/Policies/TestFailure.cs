namespace Unlearning.Host.Cli.Policies;

/// <summary>A test that did not come out as it says.</summary>
/// <param name="Policy">The policy's name.</param>
/// <param name="Test">The test's name.</param>
/// <param name="What">Which expectations failed, and what came out.</param>
/// <param name="Prompt">The prompt, where text was asked for.</param>
/// <param name="Answer">The answer, where text was asked for.</param>
internal sealed record TestFailure(string Policy, string Test, string What, string? Prompt, string? Answer);
