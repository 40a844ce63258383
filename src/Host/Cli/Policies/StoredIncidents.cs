using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Unlearning.Host.Cli.Data;
using Unlearning.Host.Incidents;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Cli.Policies;

/// <summary>The incidents of a data folder, read beside a running service and without changing anything.</summary>
/// <param name="folder">The data folder.</param>
/// <param name="keyRing">The configured key ring; null for the data folder's own.</param>
internal sealed class StoredIncidents(string folder, string? keyRing)
{
    /// <summary>Reads the incidents that were seen from an instant on, or all, one at a time.</summary>
    /// <exception cref="IOException">There is no data folder, or no store in it, or its key is missing.</exception>
    public async IAsyncEnumerable<Incident> ReadAsync(DateTimeOffset? since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using UnlearningDbContext db = await ReadOnlyStore.OpenAsync(StoredData.FolderWithStore(folder), keyRing, cancellationToken).ConfigureAwait(false);
        db.Protector!.CheckOnly();
        IQueryable<Incident> incidents = db.Incidents.AsNoTracking().OrderBy(incident => incident.Id);
        if (since is { } from)
            incidents = incidents.Where(incident => incident.LastSeen >= from);
        await foreach (Incident incident in incidents.AsAsyncEnumerable().WithCancellation(cancellationToken).ConfigureAwait(false))
            yield return incident;
    }
}
