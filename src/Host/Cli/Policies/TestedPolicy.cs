namespace Unlearning.Host.Cli.Policies;

/// <summary>A policy's own tests, judged.</summary>
/// <param name="Policy">The policy's name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Tests">How many tests it has.</param>
/// <param name="Failures">Those that failed.</param>
internal sealed record TestedPolicy(string Policy, string Version, int Tests, IReadOnlyList<TestFailure> Failures)
{
    /// <summary>How many tests passed.</summary>
    public int Passed => Tests - Failures.Count;
}
