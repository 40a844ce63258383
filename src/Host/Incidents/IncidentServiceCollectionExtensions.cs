using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Unlearning.Host.Incidents.Feedback;
using Unlearning.Host.Incidents.Review.Judging;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Telemetry;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Policies.Costly;
using Unlearning.Plugin.Privacy;

namespace Unlearning.Host.Incidents;

/// <summary>Registers the incidents.</summary>
public static class IncidentServiceCollectionExtensions
{
    /// <summary>
    /// Adds the incident store, the selection, and the sink that capture reports to. Binds <see cref="SelectionOptions"/>. Needs the
    /// storage, the releases and <see cref="IBaseModel"/> from elsewhere.
    /// </summary>
    public static IServiceCollection AddUnlearningIncidents(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptionsWithValidateOnStart<SelectionOptions>().Bind(configuration.GetSection(SelectionOptions.SectionName));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SelectionOptions>, SelectionOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ServiceMetrics>();
        services.TryAddSingleton<Confirmations>();
        services.TryAddSingleton<IncidentStore>();
        services.TryAddSingleton<InteractionStore>();
        services.TryAddSingleton<FeedbackStore>();
        services.TryAddSingleton<BaseModelIdentity>();
        services.TryAddSingleton<Fingerprinter>();
        services.TryAddSingleton<ISubjectHasher>(provider => provider.GetRequiredService<Fingerprinter>());
        services.TryAddSingleton<IncidentSelection>();
        services.TryAddSingleton<IncidentSink>();
        services.Replace(ServiceDescriptor.Singleton<IIncidentSink>(provider => provider.GetRequiredService<IncidentSink>()));
        services.TryAddSingleton<IKnownIncidents, KnownIncidents>();
        services.TryAddSingleton<IReviewRules, PolicyReviewRules>();
        services.TryAddSingleton<RemediationReconciler>();
        services.AddSingleton<IReleaseFollower>(provider => provider.GetRequiredService<RemediationReconciler>());
        services.AddHostedService(provider => provider.GetRequiredService<RemediationReconciler>());
        return services;
    }
}
