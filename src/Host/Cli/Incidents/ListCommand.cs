using System.CommandLine;
using System.Globalization;
using Unlearning.Host.Cli.Client;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Host.Incidents.Review;
using Unlearning.Host.Incidents.Review.Lists;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>The verb <c>incidents list</c>.</summary>
internal static class ListCommand
{
    public static Command Create(DeskSettings settings)
    {
        Option<int> limit = Limit.Option(IncidentPages.Most);
        Option<string?> after = new("--after") { Description = "The next page: what the page before named.", HelpName = "CURSOR" };
        Option<string?> url = ServiceOptions.Url();
        Command command = new(
            "list",
            """
            Lists incidents, the one that was seen last first, without what people said. The first column is as much of an id as the other
            verbs need. It only reads, and may run beside the service.

            Examples:
              incidents list
              incidents list --status new --since 7d
              incidents list --hazard ncr --policy non-violent-crimes --limit 100
              incidents list --status new --severity 3 --assignee nobody
              incidents list --overdue
              incidents list --status recurred --json

            Exit codes: 0 listed (or none to list), 1 error.
            """);
        FilterOptions filter = new(command);
        foreach (Option option in (Option[])[limit, after, url])
            command.Options.Add(option);
        return Verb.WithJson(command, async (parsed, say, cancellationToken) =>
        {
            await using OpenDesk open = await OpenDesk.OpenAsync(settings, parsed.GetValue(url), writes: false, cancellationToken).ConfigureAwait(false);
            IncidentList list = await open.Desk
                .ListAsync(filter.Read(parsed, settings.Time), parsed.GetValue(limit), parsed.GetValue(after), cancellationToken).ConfigureAwait(false);
            say(list, output => Print(output, list));
            return 0;
        });
    }

    /// <summary>How many there are, in words.</summary>
    public static string Total(IncidentList list) =>
        list.More ? string.Create(CultureInfo.InvariantCulture, $"{list.Total:#,0}+ incidents") : Amount.Of(list.Total, "incident");

    private static void Print(TextWriter console, IncidentList list)
    {
        if (list.Incidents.Count == 0)
        {
            console.WriteLine("no incidents");
            return;
        }

        bool assigned = list.Incidents.Any(line => line.Assignee is not null);
        Screen.Table(
            console,
            [
                [
                    new("id"), new("last seen"), new("status"), new("hazard"), new("policy"), new("severity"), new("count"), new("release"),
                    .. assigned ? [new("assignee")] : (Cell[])[],
                ],
                .. list.Incidents.Select(line => (Cell[])
                [
                    new(line.Short), new(Screen.Time(line.LastSeen)), Status(line), Screen.Name(line.Hazard), Screen.Name(line.Policy),
                    IncidentCell.Severity(line.Severity), new($"{line.Count}"), Screen.Name(line.Release), .. assigned ? [new(line.Assignee ?? "-")] : (Cell[])[],
                ]),
            ]);
        if (list.Next is not null)
            console.WriteLine($"{list.Incidents.Count} of {Total(list)}; --limit shows more, --after {list.Next} the next");
    }

    private static Cell Status(IncidentLine line)
    {
        Cell status = IncidentCell.Status(StatusWord.Parse(line.Status));
        return status with { Text = string.Join(", ", ((string?[])[status.Text, line.Review, line.Overdue ? "overdue" : null]).OfType<string>()) };
    }
}
