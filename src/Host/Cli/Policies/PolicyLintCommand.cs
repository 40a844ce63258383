using System.CommandLine;
using Unlearning.Host.Cli.Data;
using Unlearning.Host.Cli.Terminal;

namespace Unlearning.Host.Cli.Policies;

/// <summary>The verb <c>policy lint</c>.</summary>
internal static class PolicyLintCommand
{
    public static Command Create(IReadOnlyDictionary<string, string?>? overrides)
    {
        Argument<string[]> paths = PolicyCommand.Paths();
        Option<bool> strict = new("--strict") { Description = "Fails on warnings, too." };
        Command command = new(
            "lint",
            """
            Checks policy files without starting the service. Every error is a line: file:line:column: what. fix. Warnings tell of what is
            allowed but hardly meant.

            Examples:
              policy lint
              policy lint policies
              policy lint policies/self-harm.yaml --json
              policy lint policies --strict

            Exit codes: 0 no errors, 1 errors.
            """)
        {
            paths, strict,
        };
        return Verb.WithJson(command, (parsed, say, _) =>
        {
            PolicyFiles files = PolicyFiles.Read(parsed.GetValue(paths) ?? [], () => ConfiguredFolders.Read(overrides).Policies);
            LintReport report = LintReport.Of(files);
            say(report, output => Print(output, report));
            return report.Errors.Count > 0 || (parsed.GetValue(strict) && report.Warnings.Count > 0) ? 1 : 0;
        });
    }

    private static void Print(TextWriter console, LintReport report)
    {
        PolicyCommand.Print(console, report.Errors);
        PolicyCommand.Print(console, report.Warnings.Select(warning => warning with { What = $"warning: {warning.What}" }));
        console.WriteLine($"{Amount.Of(report.Files, "file")}, {Amount.Of(report.Errors.Count, "error")}, {Amount.Of(report.Warnings.Count, "warning")}");
    }
}
