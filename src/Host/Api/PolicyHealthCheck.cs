using Microsoft.Extensions.Diagnostics.HealthChecks;
using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Api;

/// <summary>Ready means the policies in force are the ones in the files. The last good ones keep judging meanwhile.</summary>
internal sealed class PolicyHealthCheck(IPolicySource policies) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            policies.Healthy
                ? HealthCheckResult.Healthy($"{policies.Current.Policies.Count} policies, revision {policies.Current.Revision}.")
                : HealthCheckResult.Unhealthy(string.Join(Environment.NewLine, policies.Errors)));
}
