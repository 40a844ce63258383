using System.Buffers;
using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Incidents;
using Unlearning.Host.Incidents.Feedback;
using Unlearning.Host.Runs.Sets;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Privacy;

/// <summary>Erases what one subject said and got. May run beside the service, which sees each step whole or not at all; may be repeated.</summary>
public sealed class SubjectErasure(
    StoreWriter writer, IDbContextFactory<UnlearningDbContext> contexts, DataFolder folder, TextProtector protector, TimeProvider time)
{
    private static readonly SearchValues<char> _hexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>Erases, or tells what would be erased.</summary>
    /// <param name="subjectHash">The subject's keyed hash: 64 hex digits.</param>
    /// <param name="dry">Changes nothing.</param>
    /// <param name="cancellationToken">Stops between the steps; the erasure can then be repeated.</param>
    /// <exception cref="ArgumentException">The hash is none.</exception>
    public async Task<ErasureReport> EraseAsync(string subjectHash, bool dry, CancellationToken cancellationToken = default)
    {
        if (subjectHash is not { Length: 64 } || subjectHash.AsSpan().ContainsAnyExcept(_hexDigits))
            throw new ArgumentException("A subject's hash is 64 hex digits, lower case. 'incidents subject-hash' gives it.");

        // Files first: as long as the rows are there, an erasure that was stopped finds them again.
        List<string> sets = [];
        await using (UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false))
        {
            Guid[] touched = await Touched(db, subjectHash).ToArrayAsync(cancellationToken).ConfigureAwait(false);
            sets.AddRange(DeleteSets([.. touched], dry));
        }

        ErasureReport report = await writer.WriteAsync((db, ct) => EraseAsync(db, subjectHash, dry, ct), cancellationToken).ConfigureAwait(false);
        report = report with { RunSets = sets };
        if (dry)
            return report;
        await using UnlearningDbContext cleaned = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return report with { Cleaned = await StoreCleaning.CleanAsync(cleaned, cancellationToken).ConfigureAwait(false) };
    }

    private async Task<ErasureReport> EraseAsync(UnlearningDbContext db, string subject, bool dry, CancellationToken cancellationToken)
    {
        Guid[] touched = await Touched(db, subject).ToArrayAsync(cancellationToken).ConfigureAwait(false);
        Guid[] shared = await db.Occurrences
            .Where(occurrence => touched.Contains(occurrence.IncidentId) && occurrence.SubjectHash != subject)
            .Select(occurrence => occurrence.IncidentId).Distinct().ToArrayAsync(cancellationToken).ConfigureAwait(false);
        Guid[] own = [.. touched.Except(shared)];
        Guid[] texts = await db.Incidents.Where(incident => shared.Contains(incident.Id) && incident.SubjectHash == subject)
            .Select(incident => incident.Id).ToArrayAsync(cancellationToken).ConfigureAwait(false);
        Guid[] erased = [.. own, .. texts];
        string[] runs = await db.RunIncidents.Where(row => erased.Contains(row.IncidentId))
            .Select(row => row.RunId).Distinct().Order().ToArrayAsync(cancellationToken).ConfigureAwait(false);
        int occurrences = await db.Occurrences.CountAsync(occurrence => occurrence.SubjectHash == subject, cancellationToken).ConfigureAwait(false);

        // Any of them may quote the subject, though the text that is left is somebody else's.
        string author = FeedbackStore.AuthorOf(subject);
        IQueryable<IncidentComment> comments = db.Comments.Where(comment => touched.Contains(comment.IncidentId) || comment.By == author);
        int quoting = await comments.CountAsync(cancellationToken).ConfigureAwait(false);
        ErasureReport report = new(subject, dry, own.Length, texts.Length, occurrences, runs, [], Cleaned: false, quoting);
        if (dry)
            return report;

        await comments.ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        await db.Occurrences.Where(occurrence => occurrence.SubjectHash == subject).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        await db.Incidents.Where(incident => own.Contains(incident.Id)).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        await db.Incidents.Where(incident => texts.Contains(incident.Id)).DeleteTextAsync(db, cancellationToken).ConfigureAwait(false);
        await db.Incidents.Where(incident => shared.Contains(incident.Id)).ExecuteUpdateAsync(
            set => set.SetProperty(incident => incident.Count, incident => db.Occurrences.Count(occurrence => occurrence.IncidentId == incident.Id)),
            cancellationToken).ConfigureAwait(false);
        DateTimeOffset now = time.GetUtcNow();
        await db.Runs.Where(run => runs.Contains(run.RunId) && run.DataErasedAt == null).ExecuteUpdateAsync(
            set => set.SetProperty(run => run.DataErasedAt, now), cancellationToken).ConfigureAwait(false);
        return report;
    }

    private static IQueryable<Guid> Touched(UnlearningDbContext db, string subject) =>
        db.Occurrences.Where(occurrence => occurrence.SubjectHash == subject).Select(occurrence => occurrence.IncidentId)
            .Union(db.Incidents.Where(incident => incident.SubjectHash == subject).Select(incident => incident.Id));

    private IEnumerable<string> DeleteSets(HashSet<Guid> incidents, bool dry)
    {
        string runs = Path.Combine(folder.Path, "runs");
        foreach (string run in Directory.Exists(runs) ? Directory.GetDirectories(runs) : [])
        {
            if (!RunSetsFile.Exists(run))
                continue;
            RunSets sets = RunSetsFile.Read(run, protector);
            if (!sets.Incidents.Any(incidents.Contains) && !sets.Earlier.Any(prompt => Guid.TryParse(prompt.Id, out Guid id) && incidents.Contains(id)))
                continue;
            if (!dry)
                RunSetsFile.Delete(run);
            yield return Path.GetFileName(run);
        }
    }
}
