using System.CommandLine;
using System.Globalization;
using Unlearning.Host.Cli.Data;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Host.Incidents;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Host.Cli.Policies;

/// <summary>The verb <c>policy dry-run</c>.</summary>
internal static class PolicyDryRunCommand
{
    private const int MostLines = 50;

    public static Command Create(IReadOnlyDictionary<string, string?>? overrides, TimeProvider time)
    {
        Argument<string> folder = new("folder") { Description = "The folder with the new set of policies." };
        Option<TimeSpan?> since = Duration.Option("--since", "Only incidents seen since so long ago: 30m, 24h, 7d. All when left out.");
        Option<bool> showText = PolicyCommand.ShowText();
        Command command = new(
            "dry-run",
            """
            Judges the stored incidents with a new set of policies and with the set in force, and tells what would change. It only reads, and
            may run beside the service. Incidents are named by id, never by text unless --show-text asks for it. Interactions that matched
            nothing were not stored, so what the new set would find among them is not seen.

            Examples:
              policy dry-run new-policies --since 7d
              policy dry-run new-policies --since 24h --json
              policy dry-run new-policies --show-text

            Exit codes: 0 judged, 1 error.
            """)
        {
            folder, since, showText,
        };
        return Verb.WithJson(command, async (parsed, say, cancellationToken) =>
        {
            DateTimeOffset? from = parsed.GetValue(since) is { } span ? time.GetUtcNow() - span : null;
            DryRunReport? report = await JudgeAsync(
                parsed, overrides, parsed.GetRequiredValue(folder), from, parsed.GetValue(showText), cancellationToken).ConfigureAwait(false);
            if (report is null)
                return 1;
            say(report, output => Print(output, report));
            return 0;
        });
    }

    private static async Task<DryRunReport?> JudgeAsync(
        ParseResult parsed, IReadOnlyDictionary<string, string?>? overrides, string folder, DateTimeOffset? since, bool showText, CancellationToken cancellationToken)
    {
        ConfiguredFolders configured = ConfiguredFolders.Read(overrides);
        TextWriter errors = parsed.InvocationConfiguration.Error;
        (PolicySet tried, IReadOnlyList<PolicyError> wrong) = PolicyFolder.Read(folder).Compile();
        PolicyCommand.Print(errors, wrong.Select(error => error with { File = Path.Combine(folder, error.File) }));
        if (wrong.Count > 0)
            return null;
        (PolicySet inForce, IReadOnlyList<PolicyError> broken) = PolicyFolder.Read(configured.Policies).Compile();
        if (broken.Count > 0)
        {
            PolicyCommand.Print(errors, broken.Select(error => error with { File = Path.Combine(configured.Policies, error.File) }));
            await errors.WriteLineAsync("The set in force has errors: compared with those of its policies that are right.").ConfigureAwait(false);
        }

        DryRun run = new(inForce, tried, showText);
        await foreach (Incident incident in new StoredIncidents(configured.Data, configured.KeyRing).ReadAsync(since, cancellationToken).ConfigureAwait(false))
            run.Add(incident);
        return run.Report();
    }

    private static void Print(TextWriter console, DryRunReport report)
    {
        console.WriteLine($"{Amount.Of(report.Incidents, "incident")} judged, in force {report.InForce}, tried {report.Tried}");
        Screen.Table(
            console,
            [
                [new("newly match"), Number(report.NewlyMatch)],
                [new("no longer match"), Number(report.NoLongerMatch)],
                [new("severity changes"), Number(report.SeverityChanges)],
                [new("policy changes"), Number(report.PolicyChanges)],
                [new("answer changes"), Number(report.AnswerChanges)],
            ]);
        if (report.Policies.Count > 0)
        {
            console.WriteLine();
            Screen.Table(
                console,
                [
                    [new("policy"), new("before"), new("after"), new("newly"), new("no longer"), new("severity")],
                    .. report.Policies.Select(policy => (Cell[])
                    [
                        new(policy.Policy), Number(policy.Before), Number(policy.After), Number(policy.Newly), Number(policy.NoLonger), Number(policy.Severity),
                    ]),
                ]);
        }

        if (report.Changes.Count == 0)
            return;
        console.WriteLine();
        foreach (IncidentChange change in report.Changes.Take(MostLines))
        {
            console.WriteLine($"{change.Incident}  {string.Join(", ", change.What)}: {Describe(change.Before)} -> {Describe(change.After)}");
            if (change.Prompt is { } prompt)
                console.WriteLine($"  prompt: {OneLine.Of(prompt)}");
            if (change.Answer is { } answer)
                console.WriteLine($"  answer: {OneLine.Of(answer)}");
        }

        if (report.Changes.Count > MostLines)
            console.WriteLine($"and {report.Changes.Count - MostLines} more; --json lists all");
    }

    private static string Describe(Judgement judgement) => judgement.Matched
        ? string.Join(", ", judgement.Policies.Select(policy => $"{policy.Key} {policy.Value}")) + (judgement.AnswerMatched ? "" : " (prompt only)")
        : "nothing";

    private static Cell Number(int number) => new(number.ToString(CultureInfo.InvariantCulture));
}
