using System.CommandLine;
using Unlearning.Host.Cli.Data;
using Unlearning.Host.Cli.Terminal;

namespace Unlearning.Host.Cli.Policies;

/// <summary>The verb <c>policy test</c>.</summary>
internal static class PolicyTestCommand
{
    public static Command Create(IReadOnlyDictionary<string, string?>? overrides)
    {
        Argument<string[]> paths = PolicyCommand.Paths();
        Option<bool> showText = PolicyCommand.ShowText();
        Command command = new(
            "test",
            """
            Judges the tests inside policy files, each by its own policy, and tells which expectation failed.

            Examples:
              policy test
              policy test policies
              policy test policies/self-harm.yaml --show-text
              policy test policies --json

            Exit codes: 0 all passed, 1 some failed, or a file has errors.
            """)
        {
            paths, showText,
        };
        return Verb.WithJson(command, (parsed, say, _) =>
        {
            PolicyFiles files = PolicyFiles.Read(parsed.GetValue(paths) ?? [], () => ConfiguredFolders.Read(overrides).Policies);
            PolicyCommand.Print(parsed.InvocationConfiguration.Error, files.Errors);
            TestReport report = TestReport.Of(files, parsed.GetValue(showText));
            say(report, output => Print(output, report));
            return report.Failed == 0 && files.Errors.Count == 0 ? 0 : 1;
        });
    }

    /// <summary>Prints a line for each policy, and below it what failed.</summary>
    public static void Print(TextWriter console, TestReport report)
    {
        Screen.Table(
            console,
            [.. report.Policies.Select(policy => (Cell[])[new(policy.Failures.Count == 0 ? "passed" : "FAILED"), new(policy.Policy), new($"{policy.Passed} of {policy.Tests}")])]);
        foreach (TestFailure failure in report.Policies.SelectMany(policy => policy.Failures))
        {
            console.WriteLine($"{failure.Policy}: '{failure.Test}': {failure.What}");
            if (failure.Prompt is { } prompt)
                console.WriteLine($"  prompt: {OneLine.Of(prompt)}");
            if (failure.Answer is { } answer)
                console.WriteLine($"  answer: {OneLine.Of(answer)}");
        }
    }
}
