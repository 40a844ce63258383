using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Unlearning.Host.Releases.Serving;

/// <summary>Ready means a release serves.</summary>
internal sealed class ServingHealthCheck(ServingState state) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            state.Status == ServingStatus.Serving
                ? HealthCheckResult.Healthy(state.Description)
                : HealthCheckResult.Unhealthy(state.Description));
}
