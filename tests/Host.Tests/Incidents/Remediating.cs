using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Incidents;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Tests.Incidents;

/// <summary>Incidents as a promoted release leaves them, without a run and a release.</summary>
internal static class Remediating
{
    /// <summary>Records that a release was trained to forget incidents that were confirmed.</summary>
    /// <returns>How many incidents are now remediated by it.</returns>
    public static Task<int> RemediateAsync(this IServiceProvider services, IReadOnlyCollection<Guid> ids, string releaseId) =>
        services.GetRequiredService<StoreWriter>().WriteAsync(
            (db, stop) => db.Incidents
                .Where(incident => ids.Contains(incident.Id) && incident.Status != IncidentStatus.Dismissed && incident.Status != IncidentStatus.New)
                .ExecuteUpdateAsync(
                    set => set.SetProperty(incident => incident.Status, IncidentStatus.Remediated)
                        .SetProperty(incident => incident.RemediatedBy, releaseId),
                    stop),
            CancellationToken.None);
}
