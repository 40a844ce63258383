using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Unlearning.Host.Audit;
using Unlearning.Host.Identity;
using Unlearning.Host.Privacy;

namespace Unlearning.Host.Storage;

/// <summary>Registers the data folder and <c>unlearning.db</c>.</summary>
public static class StorageServiceCollectionExtensions
{
    /// <summary>
    /// Adds the data folder, of which a service that starts is the only one, the database (migrated before any hosted service starts), its
    /// writer, the audit and the encryption of its text. Binds <see cref="UnlearningOptions"/>.
    /// </summary>
    public static IServiceCollection AddUnlearningStorage(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptionsWithValidateOnStart<UnlearningOptions>().Bind(configuration.GetSection(UnlearningOptions.SectionName));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<UnlearningOptions>, UnlearningOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<DataFolder>();
        services.AddUnlearningPrivacy(configuration);
        services.AddDbContextFactory<UnlearningDbContext>((provider, options) => options
            .UseSqlite(provider.GetRequiredService<DataFolder>().UnlearningConnectionString)
            .AddInterceptors(new SqliteDurability())

            // Counting up to a limit needs no order.
            .ConfigureWarnings(warnings => warnings.Ignore(CoreEventId.RowLimitingOperationWithoutOrderByWarning)));
        services.AddLogging();
        services.TryAddSingleton<AuditLog>();
        services.TryAddSingleton<AuditOutbox>();
        services.TryAddSingleton<StoreWriter>();
        services.TryAddSingleton<AccessKeyStore>();
        services.AddHostedService<ServiceLockHolder>();
        services.AddHostedService<StoreMigration>();
        services.AddHostedService(provider => provider.GetRequiredService<AuditOutbox>());
        services.AddHealthChecks().AddCheck<StoreHealthCheck>("store", tags: ["ready"]);
        return services;
    }
}
