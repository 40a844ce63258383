using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Unlearning.Host.Api.Management;
using Unlearning.Host.Api.Management.Feedback;
using Unlearning.Host.Identity;

namespace Unlearning.Host.Api;

/// <summary>Registers what the HTTP endpoints need.</summary>
public static class ApiServiceCollectionExtensions
{
    /// <summary>
    /// Adds the endpoints' services and binds the server to the configured address, the loopback interface by default. Binds
    /// <see cref="ApiOptions"/>. Needs an <see cref="Microsoft.Extensions.AI.IChatClient"/>, <see cref="Releases.IBaseModel"/> and the
    /// plugin's policies from elsewhere, and the incidents to take any.
    /// </summary>
    public static IServiceCollection AddUnlearningApi(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptionsWithValidateOnStart<ApiOptions>().Bind(configuration.GetSection(ApiOptions.SectionName));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ApiOptions>, ApiOptionsValidator>());
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<ApiOptions>>((server, options) =>
        {
            // Without keys nobody asks who is calling, so nothing but this machine may call; the check of the exposure sees to it.
            if (options.Value.Address.Length > 0)
            {
                server.Listen(IPAddress.Parse(options.Value.Address), options.Value.Port);
            }
            else if (options.Value.Port == 0)
            {
                // The system can choose a port for one address only.
                server.Listen(IPAddress.Loopback, 0);
            }
            else
            {
                server.ListenLocalhost(options.Value.Port);
            }
        });
        services.TryAddSingleton(TimeProvider.System);
        services.AddUnlearningIdentity();
        services.TryAddSingleton<ChatCompletionsEndpoint>();
        services.TryAddSingleton<IncidentsEndpoint>();
        services.TryAddSingleton<FeedbackRate>();
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
            json.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        });
        services.AddProblemDetails();
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddTransient<IStartupFilter, RequestProblems>();
        services.AddOpenApi("v1", OpenApiDocuments.Describe);
        services.AddHealthChecks().AddCheck<PolicyHealthCheck>("policies", tags: ["ready"]);
        return services;
    }
}
