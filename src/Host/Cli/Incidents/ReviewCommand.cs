using System.CommandLine;
using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Cli.Policies;
using Unlearning.Host.Incidents;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>The verbs <c>incidents confirm</c> and <c>incidents dismiss</c>.</summary>
internal static class ReviewCommand
{
    public static Command Confirm(IReadOnlyDictionary<string, string?>? overrides) => Create(
        "confirm",
        """
        Confirms that incidents are harmful: the next run takes them to forget, where a harmful answer was given and their policy lets it be
        unlearned. May run beside the service. An incident that was remediated was judged before and stays as it is.

        Examples:
          incidents confirm 019a2c4e
          incidents confirm 019a2c4e 019a2c51 --json

        Exit codes: 0 all are confirmed now, 1 some are not, or another error.
        """,
        harmful: true,
        overrides);

    public static Command Dismiss(IReadOnlyDictionary<string, string?>? overrides) => Create(
        "dismiss",
        """
        Dismisses incidents as harmless: no run takes them, and what is seen of them later is counted and changes nothing. May run beside the
        service. An incident that was remediated was judged before and stays as it is.

        Examples:
          incidents dismiss 019a2c4e
          incidents dismiss 019a2c4e 019a2c51 --json

        Exit codes: 0 all are dismissed now, 1 some are not, or another error.
        """,
        harmful: false,
        overrides);

    private static Command Create(string verb, string help, bool harmful, IReadOnlyDictionary<string, string?>? overrides)
    {
        Argument<string[]> ids = new("ids") { Description = "Ids of incidents, or unambiguous beginnings of them.", Arity = ArgumentArity.OneOrMore };
        Option<bool> json = PolicyCommand.Json();
        Command command = new(verb, help) { ids, json };
        command.SetAction((parsed, cancellationToken) => PolicyCommand.RunAsync(parsed, async () =>
        {
            ReviewReport report = await ReviewAsync(overrides, parsed.GetRequiredValue(ids), harmful, cancellationToken).ConfigureAwait(false);
            if (parsed.GetValue(json))
                PolicyJson.Write(parsed.InvocationConfiguration.Output, report);
            else
                Print(parsed.InvocationConfiguration.Output, report);
            string wanted = Screen.Lower(Judged(harmful));
            return report.Incidents.All(line => line.Status == wanted) ? 0 : 1;
        }));
        return command;
    }

    private static async Task<ReviewReport> ReviewAsync(
        IReadOnlyDictionary<string, string?>? overrides, string[] named, bool harmful, CancellationToken cancellationToken)
    {
        await using ServiceProvider services = await StoredData.OpenAsync(overrides, cancellationToken).ConfigureAwait(false);
        IDbContextFactory<UnlearningDbContext> contexts = services.GetRequiredService<IDbContextFactory<UnlearningDbContext>>();
        await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        List<(string Named, Guid? Id, string? Problem)> meant = [];
        foreach (string written in named.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            try
            {
                Guid id = await IncidentIds.ResolveAsync(db, written, cancellationToken).ConfigureAwait(false);
                if (!meant.Exists(one => one.Id == id))
                    meant.Add((written, id, null));
            }
            catch (ArgumentException unknown)
            {
                meant.Add((written, null, unknown.Message));
            }
        }

        Guid[] ids = [.. meant.Where(one => one.Id is not null).Select(one => one.Id!.Value)];
        Dictionary<Guid, IncidentStatus> before = await db.Incidents.Where(incident => ids.Contains(incident.Id))
            .ToDictionaryAsync(incident => incident.Id, incident => incident.Status, cancellationToken).ConfigureAwait(false);
        await new IncidentStore(contexts, services.GetRequiredService<StoreWriter>()).ReviewAsync(ids, harmful, cancellationToken).ConfigureAwait(false);
        Dictionary<Guid, Incident> after = await db.Incidents.AsNoTracking().Where(incident => ids.Contains(incident.Id))
            .ToDictionaryAsync(incident => incident.Id, cancellationToken).ConfigureAwait(false);
        string? served = await ServedBase.FindAsync(db, services.GetRequiredService<DataFolder>(), cancellationToken).ConfigureAwait(false);
        ReviewLine[] lines =
        [
            .. meant.Select(one => one.Id is { } id && after.TryGetValue(id, out Incident? incident)
                ? Line(one.Named, before[id], incident, harmful, served)
                : new ReviewLine(one.Named, one.Id, null, false, one.Problem ?? "It was erased meanwhile.")),
        ];
        return new ReviewReport(lines.Count(line => line.Changed), lines);
    }

    private static ReviewLine Line(string named, IncidentStatus before, Incident now, bool harmful, string? served)
    {
        bool changed = before != now.Status && now.Status == Judged(harmful);
        string? note = now.Status switch
        {
            IncidentStatus.Remediated => $"It was judged before, and release {now.RemediatedBy} was trained to forget it.",
            IncidentStatus.Recurred => "It was judged before, and came back after it was remediated; it waits for the next run.",
            IncidentStatus.Confirmed when harmful && UnlearningOutlook.Of(now, served) is { May: false } outlook => string.Join(' ', outlook.Missing),
            _ when !changed => "It was so before.",
            _ => null,
        };
        return new ReviewLine(named, now.Id, Screen.Lower(now.Status), changed, note);
    }

    private static IncidentStatus Judged(bool harmful) => harmful ? IncidentStatus.Confirmed : IncidentStatus.Dismissed;

    private static void Print(TextWriter console, ReviewReport report)
    {
        foreach (ReviewLine line in report.Incidents)
        {
            string what = line.Status is null ? "not changed" : line.Changed ? line.Status : $"not changed, {line.Status}";
            console.WriteLine($"{line.Id?.ToString() ?? line.Named}  {what}{(line.Note is null ? "" : $": {line.Note}")}");
        }
    }
}
