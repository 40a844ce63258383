using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Unlearning.Host.Api;

/// <summary>Registers what the HTTP endpoints need.</summary>
public static class ApiServiceCollectionExtensions
{
    /// <summary>
    /// Adds the endpoints' services and binds the server to the loopback interface at the configured port. Binds
    /// <see cref="ApiOptions"/>. Needs an <see cref="Microsoft.Extensions.AI.IChatClient"/>, <see cref="Releases.IBaseModel"/> and the
    /// plugin's policies from elsewhere.
    /// </summary>
    public static IServiceCollection AddUnlearningApi(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptionsWithValidateOnStart<ApiOptions>().Bind(configuration.GetSection(ApiOptions.SectionName));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ApiOptions>, ApiOptionsValidator>());
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<ApiOptions>>((server, options) =>
        {
            // Nothing here asks who is calling, so nothing but this machine may call. The system can choose a port for one address only.
            if (options.Value.Port == 0)
            {
                server.Listen(IPAddress.Loopback, 0);
            }
            else
            {
                server.ListenLocalhost(options.Value.Port);
            }
        });
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ChatCompletionsEndpoint>();
        services.AddHealthChecks().AddCheck<PolicyHealthCheck>("policies", tags: ["ready"]);
        return services;
    }
}
