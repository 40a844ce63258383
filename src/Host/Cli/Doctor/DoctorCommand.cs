using System.CommandLine;
using Unlearning.Host.Cli.Terminal;

namespace Unlearning.Host.Cli.Doctor;

/// <summary>The <c>doctor</c> verb.</summary>
internal static class DoctorCommand
{
    /// <summary>The command, to be added to the root command.</summary>
    /// <param name="overrides">Settings that win over appsettings.json and the environment.</param>
    /// <param name="time">The clock.</param>
    public static Command Create(IReadOnlyDictionary<string, string?>? overrides = null, TimeProvider? time = null)
    {
        Option<bool> full = new("--full") { Description = "Loads the whole model and reads every byte of databases and releases; takes longer." }, json = Verb.Json();
        Command command = new(
            "doctor",
            """
            Checks the installation and says what to fix: settings, native libraries, model, policies, disk, data folder, databases, keys,
            releases, clock, port. Changes nothing; may run beside the service.

            Examples:
              doctor
              doctor --full
              doctor --json

            Exit codes: 0 no problems (warnings are none), 1 problems.
            """)
        {
            full, json,
        };
        return Verb.Of(command, async (parsed, cancellationToken) =>
        {
            TextWriter console = parsed.InvocationConfiguration.Output;
            List<NamedFinding> findings = [];
            await foreach (NamedFinding finding in Checkup.RunAsync(overrides, parsed.GetValue(full), time ?? TimeProvider.System, cancellationToken).ConfigureAwait(false))
            {
                findings.Add(finding);
                if (!parsed.GetValue(json))
                    Print(console, finding);
            }

            int problems = findings.Count(finding => finding.Result == CheckResult.Problem);
            if (parsed.GetValue(json))
                TerminalJson.Write(console, findings);
            else
                console.WriteLine($"{Amount.Of(findings.Count, "check")}, {Amount.Of(problems, "problem")}, {Amount.Of(findings.Count(one => one.Result == CheckResult.Warning), "warning")}");
            return problems > 0 ? 1 : 0;
        });
    }

    private static void Print(TextWriter console, NamedFinding finding)
    {
        string result = finding.Result switch { CheckResult.Ok => "ok", CheckResult.Warning => "warning", _ => "PROBLEM" };
        console.WriteLine($"{result,-8} {finding.Check,-16} {OneLine.Whole(finding.What)}");
        if (finding.Fix is not null)
            console.WriteLine($"{"",-25} -> {finding.Fix}");
    }
}
