using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Unlearning.Host.Releases.Changes;

namespace Unlearning.Host.Approvals;

/// <summary>Registers the approvals.</summary>
public static class ApprovalServiceCollectionExtensions
{
    /// <summary>Adds the approvals. Binds <see cref="ApprovalOptions"/>. Needs the storage, the releases and the schedule from elsewhere.</summary>
    public static IServiceCollection AddUnlearningApprovals(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptionsWithValidateOnStart<ApprovalOptions>().Bind(configuration.GetSection(ApprovalOptions.SectionName));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ApprovalOptions>, ApprovalOptionsValidator>());
        services.TryAddSingleton<Proposals>();
        services.TryAddSingleton<ApprovalStore>();
        services.TryAddSingleton<PromotionGuard>();
        services.TryAddSingleton<IPromotionCheck>(provider => provider.GetRequiredService<PromotionGuard>());
        services.TryAddSingleton<IApprovals>(provider => provider.GetRequiredService<ApprovalStore>());
        return services;
    }
}
