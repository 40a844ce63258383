using System.CommandLine;
using Unlearning.Host.Cli.Data;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Host.Privacy;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>The verb <c>incidents erase</c>.</summary>
internal static class EraseCommand
{
    public static Command Create(DeskSettings settings)
    {
        Option<string> subject = new("--subject") { Description = "The subject's hash, from 'incidents subject-hash'.", HelpName = "HASH", Required = true };
        Option<bool> dry = new("--dry") { Description = "Only tells what would be erased." };
        Command command = new(
            "erase",
            """
            Erases one subject: incidents that only this subject was seen in, the subject's texts and occurrences in the others, and the sets of
            runs under way that hold them. Runs that were trained on them are marked as no longer reproducible; what a release has learnt is
            not undone. The database's file and log are cleaned. May run beside the service, and may be repeated.

            Examples:
              incidents erase --subject HASH --dry
              incidents erase --subject HASH
              incidents erase --subject HASH --json

            Exit codes: 0 erased (or nothing to erase), 1 error.
            """)
        {
            subject, dry,
        };
        return Verb.WithJson(command, async (parsed, say, cancellationToken) =>
        {
            ErasureReport report = await EraseAsync(settings, parsed.GetRequiredValue(subject), parsed.GetValue(dry), cancellationToken).ConfigureAwait(false);
            say(report, output => Print(output, report));
            return 0;
        });
    }

    private static async Task<ErasureReport> EraseAsync(DeskSettings settings, string subject, bool dry, CancellationToken cancellationToken)
    {
        await using ServiceProvider services = await StoredData.OpenAsync(settings.Overrides, cancellationToken).ConfigureAwait(false);
        return await services.GetRequiredService<SubjectErasure>().EraseAsync(subject, dry, cancellationToken).ConfigureAwait(false);
    }

    private static void Print(TextWriter console, ErasureReport report)
    {
        console.WriteLine(
            $"{(report.Dry ? "would erase" : "erased")} {Amount.Of(report.Incidents, "incident")}, the text of {Amount.Of(report.Texts, "more incident")}, "
            + $"{Amount.Of(report.Occurrences, "occurrence")}, the sets of {Amount.Of(report.RunSets.Count, "run")}, {Amount.Of(report.Comments, "comment")}");
        foreach (string run in report.Runs)
            console.WriteLine($"run {run} {(report.Dry ? "would no longer be" : "is no longer")} reproducible");
        if (!report.Dry && !report.Cleaned)
            console.WriteLine("The store was being read, so its log is cleaned at its next checkpoint; repeat the command to clean it at once.");
    }
}
