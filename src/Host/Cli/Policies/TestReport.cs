using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Cli.Policies;

/// <summary>What <c>policy test</c> found.</summary>
/// <param name="Policies">The policies, in the order of their files.</param>
internal sealed record TestReport(IReadOnlyList<TestedPolicy> Policies)
{
    /// <summary>How many tests passed.</summary>
    public int Passed => Policies.Sum(policy => policy.Passed);

    /// <summary>How many tests failed.</summary>
    public int Failed => Policies.Sum(policy => policy.Failures.Count);

    /// <summary>Runs the tests of every policy without errors.</summary>
    public static TestReport Of(PolicyFiles files, bool showText) =>
        new([.. files.Files.Select(file => file.Loaded.Policy).OfType<Policy>().Select(policy => Test(policy, showText))]);

    private static TestedPolicy Test(Policy policy, bool showText) => new(
        policy.Name,
        policy.Version,
        policy.Tests.Count,
        [
            .. policy.Tests.Select(test => (test, what: Check(policy, test))).Where(outcome => outcome.what is not null).Select(outcome => new TestFailure(
                policy.Name, outcome.test.Name, outcome.what!, showText ? outcome.test.Prompt : null, showText ? outcome.test.Answer : null)),
        ]);

    private static string? Check(Policy policy, PolicyTest test)
    {
        try
        {
            // The policy says which of its tests it is; here that stands beside it already.
            string intro = $"{policy.Name}: '{test.Name}': ";
            return policy.Check(test) is { } what ? what.StartsWith(intro, StringComparison.Ordinal) ? what[intro.Length..] : what : null;
        }
        catch (TimeoutException slow)
        {
            return slow.Message;
        }
    }
}
