using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Incidents;

/// <summary>
/// What waits to be forgotten, the gravest first, read one by one from two ends of an index (confirmed, recurred), because sorting them
/// together would read all of them.
/// </summary>
internal sealed class OpenIncidents : IAsyncDisposable
{
    private static readonly IncidentStatus[] _open = [IncidentStatus.Confirmed, IncidentStatus.Recurred];

    private readonly List<UnlearningDbContext> _contexts = [];
    private readonly List<IAsyncEnumerator<Candidate>> _ends = [];

    private OpenIncidents()
    {
    }

    /// <summary>Begins to read.</summary>
    public static async Task<OpenIncidents> ReadAsync(
        IDbContextFactory<UnlearningDbContext> contexts, string baseModelHash, CancellationToken cancellationToken)
    {
        OpenIncidents open = new();
        try
        {
            foreach (IncidentStatus status in _open)
            {
                UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
                open._contexts.Add(db);
                IAsyncEnumerator<Candidate> end = IncidentSelection
                    .Ordered(IncidentSelection.Harmful(db, baseModelHash).Where(incident => incident.Status == status))
                    .Select(incident => new Candidate(incident.Id, incident.Severity, incident.Fingerprint, incident.SubjectHash))
                    .AsAsyncEnumerable().GetAsyncEnumerator(cancellationToken);
                open._ends.Add(end);
                await open.AdvanceAsync(end).ConfigureAwait(false);
            }

            return open;
        }
        catch
        {
            await open.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The next one; null after the last.</summary>
    public async Task<Candidate?> NextAsync()
    {
        if (_ends.Count == 0)
            return null;
        IAsyncEnumerator<Candidate> first = _ends.OrderByDescending(end => end.Current.Severity)
            .ThenBy(end => end.Current.Fingerprint, StringComparer.Ordinal).First();
        Candidate next = first.Current;
        await AdvanceAsync(first).ConfigureAwait(false);
        return next;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncEnumerator<Candidate> end in _ends)
            await end.DisposeAsync().ConfigureAwait(false);
        foreach (UnlearningDbContext db in _contexts)
            await db.DisposeAsync().ConfigureAwait(false);
    }

    private async Task AdvanceAsync(IAsyncEnumerator<Candidate> end)
    {
        if (!await end.MoveNextAsync().ConfigureAwait(false))
        {
            _ends.Remove(end);
            await end.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>What is known of an incident before it is taken.</summary>
    internal sealed record Candidate(Guid Id, int Severity, string Fingerprint, string? SubjectHash);
}
