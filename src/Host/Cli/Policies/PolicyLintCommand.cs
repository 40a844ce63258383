using System.CommandLine;

namespace Unlearning.Host.Cli.Policies;

/// <summary>The verb <c>policy lint</c>.</summary>
internal static class PolicyLintCommand
{
    public static Command Create(IReadOnlyDictionary<string, string?>? overrides)
    {
        Argument<string[]> paths = PolicyCommand.Paths();
        Option<bool> json = PolicyCommand.Json(), strict = new("--strict") { Description = "Fails on warnings, too." };
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
            paths, json, strict,
        };
        command.SetAction(parsed => PolicyCommand.Run(parsed, () =>
        {
            PolicyFiles files = PolicyFiles.Read(parsed.GetValue(paths) ?? [], () => ConfiguredFolders.Read(overrides).Policies);
            LintReport report = LintReport.Of(files);
            Print(parsed.InvocationConfiguration.Output, report, parsed.GetValue(json));
            return report.Errors.Count > 0 || (parsed.GetValue(strict) && report.Warnings.Count > 0) ? 1 : 0;
        }));
        return command;
    }

    private static void Print(TextWriter console, LintReport report, bool json)
    {
        if (json)
        {
            PolicyJson.Write(console, report);
            return;
        }

        PolicyCommand.Print(console, report.Errors);
        PolicyCommand.Print(console, report.Warnings.Select(warning => warning with { What = $"warning: {warning.What}" }));
        console.WriteLine($"{Amount.Of(report.Files, "file")}, {Amount.Of(report.Errors.Count, "error")}, {Amount.Of(report.Warnings.Count, "warning")}");
    }
}
