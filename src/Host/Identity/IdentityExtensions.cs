using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Unlearning.Host.Identity;

/// <summary>Registers who may call, and says what an endpoint asks for.</summary>
public static class IdentityExtensions
{
    /// <summary>
    /// Adds authentication by access keys. An endpoint that neither asks for a permission nor is open on purpose answers nobody.
    /// </summary>
    public static IServiceCollection AddUnlearningIdentity(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<KnownKeys>();
        services.AddHostedService<ExposureCheck>();
        services.AddAuthentication(AccessKeyAuthentication.Scheme)
            .AddScheme<AuthenticationSchemeOptions, AccessKeyAuthentication>(AccessKeyAuthentication.Scheme, null);
        services.AddAuthorizationBuilder().SetFallbackPolicy(
            new AuthorizationPolicyBuilder()

                // Where nothing was mapped there is nothing to keep: routing tells 404, or 405.
                .RequireAssertion(context => context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint).Build());
        return services;
    }

    /// <summary>Lets an endpoint answer only those who have a permission.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder endpoint, Permissions permission)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new PermissionNeeded(permission)).RequireAuthorization(policy =>
            policy.RequireAssertion(context => context.User.Identity is ActorIdentity identity && identity.Who.May(permission)));
}
