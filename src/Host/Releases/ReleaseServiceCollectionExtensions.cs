using Microsoft.Extensions.DependencyInjection.Extensions;
using Unlearning.Host.Telemetry;
using Unlearning.Plugin.Serving;

namespace Unlearning.Host.Releases;

/// <summary>Registers releases, the journal and the slot.</summary>
public static class ReleaseServiceCollectionExtensions
{
    /// <summary>
    /// Adds the release store, the journal, the promoter and the <see cref="ModelSlot"/>, and restores the live release at start. Needs
    /// <see cref="IReleaseLoader"/>, <see cref="IBaseModel"/> and the data folder from elsewhere.
    /// </summary>
    public static IServiceCollection AddUnlearningReleases(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ReleaseStore>();
        services.TryAddSingleton<LiveReleaseJournal>();
        services.TryAddSingleton<ServingState>();
        services.TryAddSingleton(provider =>
            new ModelSlot(new UnavailableChatClient(provider.GetRequiredService<ServingState>()), UnavailableChatClient.ReleaseId));
        services.TryAddSingleton<ServiceMetrics>();
        services.TryAddSingleton<Promoter>();
        services.AddHostedService<LiveReleaseRestore>();
        services.AddHealthChecks().AddCheck<ServingHealthCheck>("serving", tags: ["ready"]);
        return services;
    }
}
