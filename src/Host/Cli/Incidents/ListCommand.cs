using System.CommandLine;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Cli.Policies;
using Unlearning.Host.Incidents;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>The verb <c>incidents list</c>.</summary>
internal static class ListCommand
{
    private const int Usual = 20, Most = 10_000;

    public static Command Create(IReadOnlyDictionary<string, string?>? overrides, TimeProvider time)
    {
        Option<string?> status = new("--status") { Description = "Only incidents that stand there: new, confirmed, dismissed, remediated or recurred.", HelpName = "STATUS" };
        status.AcceptOnlyFromAmong([.. Enum.GetValues<IncidentStatus>().Select(Screen.Lower)]);
        Option<string?> hazard = new("--hazard") { Description = "Only incidents of this hazard, with or without its taxonomy: ailuminate:ncr, ncr.", HelpName = "HAZARD" };
        Option<string?> policy = new("--policy") { Description = "Only incidents that this policy decided.", HelpName = "POLICY" };
        Option<TimeSpan?> since = Duration.Option("--since", "Only incidents seen since so long ago: 30m, 24h, 7d. All when left out.");
        Option<int> limit = Limit();
        Option<bool> json = PolicyCommand.Json();
        Command command = new(
            "list",
            """
            Lists incidents, the one that was seen last first, without what people said. The first column is as much of an id as 'incidents
            show', 'confirm' and 'dismiss' need. It only reads, and may run beside the service.

            Examples:
              incidents list
              incidents list --status new --since 7d
              incidents list --hazard ncr --policy non-violent-crimes --limit 100
              incidents list --status recurred --json

            Exit codes: 0 listed (or none to list), 1 error.
            """)
        {
            status, hazard, policy, since, limit, json,
        };
        command.SetAction((parsed, cancellationToken) => PolicyCommand.RunAsync(parsed, async () =>
        {
            DateTimeOffset? from = parsed.GetValue(since) is { } span ? time.GetUtcNow() - span : null;
            IncidentStatus? wanted = parsed.GetValue(status) is { } name ? Enum.Parse<IncidentStatus>(name, ignoreCase: true) : null;
            ConfiguredFolders configured = ConfiguredFolders.Read(overrides);
            await using UnlearningDbContext db = await ReadOnlyStore
                .OpenAsync(StoredData.Folder(configured.Data), configured.KeyRing, cancellationToken).ConfigureAwait(false);
            IQueryable<Incident> incidents = Filter(db.Incidents.AsNoTracking(), wanted, parsed.GetValue(hazard), parsed.GetValue(policy), from);
            IncidentList list = await ReadAsync(db, incidents, parsed.GetValue(limit), cancellationToken).ConfigureAwait(false);
            if (parsed.GetValue(json))
                PolicyJson.Write(parsed.InvocationConfiguration.Output, list);
            else
                Print(parsed.InvocationConfiguration.Output, list);
            return 0;
        }));
        return command;
    }

    private static Option<int> Limit() => new("--limit")
    {
        Description = $"How many at most, 1 to {Most}.",
        HelpName = "N",
        DefaultValueFactory = _ => Usual,
        CustomParser = result =>
        {
            string written = result.Tokens[0].Value;
            if (int.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) && limit is >= 1 and <= Most)
                return limit;
            result.AddError($"--limit is '{written}'. Write a number from 1 to {Most}.");
            return Usual;
        },
    };

    private static IQueryable<Incident> Filter(
        IQueryable<Incident> incidents, IncidentStatus? status, string? hazard, string? policy, DateTimeOffset? since)
    {
        if (status is not null)
            incidents = incidents.Where(incident => incident.Status == status);
        if (hazard is not null)
            incidents = incidents.Where(incident => incident.Hazard == hazard || incident.Hazard.EndsWith(":" + hazard));
        if (policy is not null)
            incidents = incidents.Where(incident => incident.Policy == policy);
        return since is { } from ? incidents.Where(incident => incident.LastSeen >= from) : incidents;
    }

    private static async Task<IncidentList> ReadAsync(
        UnlearningDbContext db, IQueryable<Incident> incidents, int limit, CancellationToken cancellationToken)
    {
        int total = await incidents.CountAsync(cancellationToken).ConfigureAwait(false);

        // Not the whole rows: nothing is decrypted that is not shown.
        var rows = await incidents.OrderByDescending(incident => incident.LastSeen).ThenByDescending(incident => incident.Id).Take(limit)
            .Select(row => new { row.Id, row.LastSeen, row.Status, row.Hazard, row.Policy, row.Severity, row.Count, row.ReleaseId })
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        List<IncidentLine> lines = [];
        foreach (var row in rows)
        {
            lines.Add(new IncidentLine(
                row.Id,
                await IncidentIds.ShortAsync(db, row.Id, cancellationToken).ConfigureAwait(false),
                row.LastSeen,
                Screen.Lower(row.Status),
                row.Hazard,
                row.Policy,
                row.Severity,
                row.Count,
                row.ReleaseId));
        }

        return new IncidentList(total, lines);
    }

    private static void Print(TextWriter console, IncidentList list)
    {
        if (list.Incidents.Count == 0)
        {
            console.WriteLine("no incidents");
            return;
        }

        Screen.Table(
            console,
            [
                [new("id"), new("last seen"), new("status"), new("hazard"), new("policy"), new("severity"), new("count"), new("release")],
                .. list.Incidents.Select(line => (Cell[])
                [
                    new(line.Short), new(Screen.Time(line.LastSeen)), Screen.Status(Enum.Parse<IncidentStatus>(line.Status, ignoreCase: true)),
                    Screen.Name(line.Hazard), Screen.Name(line.Policy), Screen.Severity(line.Severity), new($"{line.Count}"), Screen.Name(line.Release),
                ]),
            ]);
        if (list.Total > list.Incidents.Count)
            console.WriteLine($"{list.Incidents.Count} of {Amount.Of(list.Total, "incident")}; --limit shows more");
    }
}
