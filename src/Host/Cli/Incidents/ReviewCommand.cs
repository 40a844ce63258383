using System.CommandLine;
using Unlearning.Host.Cli.Client;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Host.Incidents.Review;
using Unlearning.Host.Incidents.Review.Bulk;
using Unlearning.Host.Incidents.Review.Lists;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>The verbs that change where incidents stand, or whose they are: of those that are named, or of all that fit a filter.</summary>
internal static class ReviewCommand
{
    public static Command Confirm(DeskSettings settings) => Create(
        settings,
        BulkAction.Confirm,
        "confirmed",
        """
        Confirms that incidents are harmful: the next run takes them to forget, where a harmful answer was given and their policy lets it be
        unlearned. Where the policy asks for several reviewers, it counts when so many agree. An incident that was remediated was judged
        before and stays as it is.

        Examples:
          incidents confirm 019a2c4e
          incidents confirm 019a2c4e 019a2c51 --json
          incidents confirm --all --status new --hazard ncr --dry
          incidents confirm --all --status new --hazard ncr --expect 37 --reason campaign

        Exit codes: 0 all took the judgement (or had it), 1 some did not, or another error.
        """);

    public static Command Dismiss(DeskSettings settings) => Create(
        settings,
        BulkAction.Dismiss,
        "dismissed",
        """
        Dismisses incidents as harmless: no run takes them, and what is seen of them later is counted and changes nothing. Where the policy
        asks for several reviewers, it counts when so many agree. An incident that was remediated was judged before and stays as it is.

        Examples:
          incidents dismiss 019a2c4e
          incidents dismiss 019a2c4e 019a2c51 --json
          incidents dismiss --all --status new --policy hate-and-harassment --expect 12

        Exit codes: 0 all took the judgement (or had it), 1 some did not, or another error.
        """);

    public static Command Reopen(DeskSettings settings) => Create(
        settings,
        BulkAction.Reopen,
        "new",
        """
        Opens confirmed or dismissed incidents again, without any judgement. With --own only your own judgement is taken back; those of
        others still count.

        Examples:
          incidents reopen 019a2c4e
          incidents reopen 019a2c4e --own --reason mistyped

        Exit codes: 0 all are open (or your judgement is gone), 1 some are not, or another error.
        """);

    public static Command Assign(DeskSettings settings) => Create(
        settings,
        BulkAction.Assign,
        null,
        """
        Gives incidents to a reviewer, by the name of the access key, or to nobody.

        Examples:
          incidents assign 019a2c4e --to me
          incidents assign 019a2c4e 019a2c51 --to alice
          incidents assign --all --status new --hazard ncr --to alice --expect 37
          incidents assign 019a2c4e --to nobody

        Exit codes: 0 all are assigned so, 1 some are not, or another error.
        """);

    /// <summary>Why, for the audit.</summary>
    public static Option<string?> Reason() => new("--reason") { Description = "Why, for the audit; personal data is replaced.", HelpName = "TEXT" };

    private static Command Create(DeskSettings settings, BulkAction action, string? wanted, string help)
    {
        Command command = new($"{action}".ToLowerInvariant(), help);
        Option<string?> reason = Reason(), url = ServiceOptions.Url();
        Option<string?> to = new("--to") { Description = $"Whose they become: a name, '{IncidentFilter.Me}' or '{IncidentFilter.Nobody}'.", HelpName = "NAME", Required = true };
        Option<bool> own = new("--own") { Description = "Takes back your own judgement alone; with ids, not with --all." };
        BulkOptions which = new(command, action == BulkAction.Reopen ? own : null);
        foreach (Option option in (Option[])[.. action == BulkAction.Assign ? [to] : (Option[])[reason], .. action == BulkAction.Reopen ? [own] : (Option[])[], url])
            command.Options.Add(option);
        return Verb.WithJson(command, async (parsed, say, cancellationToken) =>
        {
            string[] ids = which.Ids(parsed);
            string? assignee = action == BulkAction.Assign ? parsed.GetValue(to) : null, why = action == BulkAction.Assign ? null : parsed.GetValue(reason);
            await using OpenDesk open = await OpenDesk.OpenAsync(settings, parsed.GetValue(url), writes: true, cancellationToken).ConfigureAwait(false);
            if (ids.Length == 0)
            {
                BulkReport bulk = await open.Desk.BulkAsync(which.Wish(parsed, action, settings.Time, assignee, why), cancellationToken).ConfigureAwait(false);
                say(bulk, output => output.WriteLine(Words(bulk)));
                return 0;
            }

            ReviewReport report = action switch
            {
                BulkAction.Assign => await open.Desk.AssignAsync(ids, assignee, cancellationToken).ConfigureAwait(false),
                BulkAction.Reopen => await open.Desk.ReopenAsync(ids, parsed.GetValue(own), why, cancellationToken).ConfigureAwait(false),
                _ => await open.Desk.JudgeAsync(ids, action == BulkAction.Confirm, why, cancellationToken).ConfigureAwait(false),
            };
            say(report, output => Print(output, report, wanted));
            return report.Incidents.Any(line => line.Problem) ? 1 : 0;
        });
    }

    private static string Words(BulkReport report) => report.Dry
        ? $"would {report.Action} {Amount.Of(report.Matched, "incident")} ({report.Filter}); do it with --expect {report.Matched}"
        : $"{report.Action}: {report.Changed} of {Amount.Of(report.Matched, "incident")} changed ({report.Filter})";

    private static void Print(TextWriter console, ReviewReport report, string? wanted)
    {
        foreach (ReviewLine line in report.Incidents)
        {
            string there = wanted is null ? line.Assignee ?? IncidentFilter.Nobody : line.Status ?? "";
            string what = line.Status is null ? "not changed" : line.Problem ? $"not changed, {line.Status}" : line.Changed ? there : $"{there} already";
            console.WriteLine($"{line.Id?.ToString() ?? line.Named}  {what}{(line.Note is null ? "" : $": {line.Note}")}");
        }
    }
}
