using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Unlearning.Host.Audit;
using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Releases.Garbage;
using Unlearning.Host.Releases.History;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Releases.Serving;
using Unlearning.Host.Releases.Signals;
using Unlearning.Host.Releases.Watch;
using Unlearning.Host.Telemetry;
using Unlearning.Plugin.Serving;

namespace Unlearning.Host.Releases;

/// <summary>Registers releases, the journal and the slot.</summary>
public static class ReleaseServiceCollectionExtensions
{
    /// <summary>
    /// Adds the release store, the journal, the promoter and the <see cref="ModelSlot"/>, and restores the live release at start. Binds
    /// <see cref="CanaryOptions"/>, <see cref="AutomaticRollbackOptions"/> and <see cref="ReleaseOptions"/>. Needs
    /// <see cref="IReleaseLoader"/>, <see cref="IBaseModel"/> and the data folder from elsewhere, and no database.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">Where the options are from; null for their defaults.</param>
    public static IServiceCollection AddUnlearningReleases(this IServiceCollection services, IConfiguration? configuration = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        AddOptions<CanaryOptions, CanaryOptionsValidator>(CanaryOptions.SectionName);
        AddOptions<AutomaticRollbackOptions, AutomaticRollbackOptionsValidator>(AutomaticRollbackOptions.SectionName);
        AddOptions<ReleaseOptions, ReleaseOptionsValidator>(ReleaseOptions.SectionName);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ReleaseStore>();
        services.TryAddSingleton<LiveReleaseJournal>();
        services.TryAddSingleton<ServingState>();
        services.TryAddSingleton(provider =>
            new ModelSlot(new UnavailableChatClient(provider.GetRequiredService<ServingState>()), UnavailableChatClient.ReleaseId));
        services.TryAddSingleton<ServiceMetrics>();
        services.TryAddSingleton<AuditLog>();
        services.TryAddSingleton<ReleaseSignals>();
        services.TryAddSingleton<ServableReleases>();
        services.TryAddSingleton<WarmReleases>();
        services.TryAddSingleton<ReleaseFollowers>();
        services.TryAddSingleton<ReleaseChanges>();
        services.TryAddSingleton<WayBack>();
        services.TryAddSingleton(provider => new Promoter(
            provider.GetRequiredService<ReleaseStore>(),
            provider.GetRequiredService<LiveReleaseJournal>(),
            provider.GetRequiredService<ServableReleases>(),
            provider.GetRequiredService<WarmReleases>(),
            provider.GetRequiredService<ReleaseChanges>(),
            provider.GetRequiredService<ModelSlot>(),
            provider.GetRequiredService<ServingState>(),
            provider.GetRequiredService<IOptions<CanaryOptions>>(),
            provider.GetRequiredService<ILogger<Promoter>>()));
        services.TryAddSingleton<OfflineRollback>();
        services.TryAddSingleton<ReleaseAudit>();
        services.AddSingleton<IReleaseFollower>(provider => provider.GetRequiredService<ReleaseAudit>());

        // In this order: what the journal says is in the audit before anything is added to either.
        services.AddHostedService(provider => provider.GetRequiredService<ReleaseAudit>());
        services.AddHostedService<LiveReleaseRestore>();
        services.AddHealthChecks().AddCheck<ServingHealthCheck>("serving", tags: ["ready"]);
        return services;

        void AddOptions<TOptions, TValidator>(string section)
            where TOptions : class
            where TValidator : class, IValidateOptions<TOptions>
        {
            OptionsBuilder<TOptions> options = services.AddOptionsWithValidateOnStart<TOptions>();
            if (configuration is not null)
            {
                options.Bind(configuration.GetSection(section));
            }

            services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TOptions>, TValidator>());
        }
    }

    /// <summary>
    /// Adds what needs the database, too: the releases' history, the deletion of those that nothing needs, and the watch over what begins to
    /// serve. Needs <see cref="AddUnlearningReleases"/>, the storage, and <see cref="IPromotionCheck"/> from elsewhere.
    /// </summary>
    public static IServiceCollection AddUnlearningReleaseWatch(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton<ReleaseRecurrences>();
        services.TryAddSingleton<ReleaseHistory>();
        services.TryAddSingleton<ReleaseGarbage>();
        services.TryAddSingleton<ReleaseWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<ReleaseWatch>());
        return services;
    }
}
