using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Unlearning.Host.Privacy;

/// <summary>Registers what protects, keeps and erases text.</summary>
public static class PrivacyServiceCollectionExtensions
{
    /// <summary>Adds the encryption, the retention and the erasure. Binds <see cref="PrivacyOptions"/>. Part of the storage.</summary>
    public static IServiceCollection AddUnlearningPrivacy(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptionsWithValidateOnStart<PrivacyOptions>().Bind(configuration.GetSection(PrivacyOptions.SectionName));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PrivacyOptions>, PrivacyOptionsValidator>());
        services.TryAddSingleton<TextProtector>();
        services.TryAddSingleton<Retention>();
        services.TryAddSingleton<SubjectErasure>();
        return services;
    }
}
