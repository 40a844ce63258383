using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Unlearning.Host.Storage;

/// <summary>Ready means incidents can be acknowledged.</summary>
internal sealed class StoreHealthCheck(IDbContextFactory<UnlearningDbContext> contexts) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using UnlearningDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return await db.Database.CanConnectAsync(cancellationToken).ConfigureAwait(false)
            ? HealthCheckResult.Healthy("unlearning.db answers.")
            : HealthCheckResult.Unhealthy("unlearning.db cannot be opened. Check the data folder, its permissions and the disk.");
    }
}
