using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Unlearning.Host.Api.Wire;
using Unlearning.Host.Releases;

namespace Unlearning.Host.Api;

/// <summary>Maps the HTTP endpoints.</summary>
public static class ApiEndpointRouteBuilderExtensions
{
    private const string NoKey = "Send a key of this Host as 'Authorization: Bearer KEY'.";

    /// <summary>
    /// Maps <c>POST /v1/chat/completions</c>, <c>GET /v1/models</c>, <c>POST /v1/incidents</c>, which ask for a key where keys are set, <c>GET /health/live</c> (200 while the process answers) and
    /// <c>GET /health/ready</c> (200 once a release serves and store, schedule and policies are well, 503 until then).
    /// </summary>
    public static IEndpointRouteBuilder MapUnlearningApi(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        RouteGroupBuilder openAI = endpoints.MapGroup("/v1").AddEndpointFilter(RequireKey(http => ApiErrors.WriteAsync(
            http, new ApiException(StatusCodes.Status401Unauthorized, NoKey, null, "invalid_api_key"))));
        openAI.MapPost("/chat/completions", (HttpContext http, ChatCompletionsEndpoint endpoint) => endpoint.HandleAsync(http));
        openAI.MapGet(
            "/models", (IBaseModel model) => TypedResults.Json(new ModelList([new ModelEntry(model.Name)]), WireJson.Options));
        endpoints.MapPost("/v1/incidents", (HttpContext http, IncidentsEndpoint endpoint) => endpoint.HandleAsync(http))
            .AddEndpointFilter(RequireKey(http => IncidentsEndpoint.ProblemAsync(http, StatusCodes.Status401Unauthorized, NoKey)));
        endpoints.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync });
        endpoints.MapHealthChecks("/health/ready", new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains("ready"),
            ResponseWriter = WriteAsync,
        });
        return endpoints;
    }

    private static Func<EndpointFilterInvocationContext, EndpointFilterDelegate, ValueTask<object?>> RequireKey(
        Func<HttpContext, Task> refuse) => async (context, next) =>
    {
        HttpContext http = context.HttpContext;
        if (http.RequestServices.GetRequiredService<ApiKeys>().Allow(http.Request))
        {
            return await next(context).ConfigureAwait(false);
        }

        http.Response.Headers.WWWAuthenticate = "Bearer";
        await refuse(http).ConfigureAwait(false);
        return Results.Empty;
    };

    private static Task WriteAsync(HttpContext http, HealthReport report) =>
        http.Response.WriteAsJsonAsync(
            new HealthSummary(
                report.Status.ToString(),
                [.. report.Entries.Select(entry => new HealthEntry(entry.Key, entry.Value.Status.ToString(), entry.Value.Description))]),
            WireJson.Options,
            http.RequestAborted);
}
