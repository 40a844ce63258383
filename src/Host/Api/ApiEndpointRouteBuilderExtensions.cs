using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Unlearning.Host.Api.Management;
using Unlearning.Host.Api.Wire;
using Unlearning.Host.Identity;
using Unlearning.Host.Releases;

namespace Unlearning.Host.Api;

/// <summary>Maps the HTTP endpoints.</summary>
public static class ApiEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps <c>POST /v1/chat/completions</c>, <c>GET /v1/models</c>, <c>POST /v1/incidents</c>, what operators do (described by
    /// <c>GET /openapi/v1.json</c>), <c>GET /health/live</c> (200 while the process answers) and
    /// <c>GET /health/ready</c> (200 once a release serves and store, schedule and policies are well, 503 until then).
    /// </summary>
    public static IEndpointRouteBuilder MapUnlearningApi(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        endpoints.MapPost("/v1/chat/completions", (HttpContext http, ChatCompletionsEndpoint endpoint) => endpoint.HandleAsync(http))
            .Needs(Permissions.Ask).WithMetadata(OpenAIErrors.Mark);
        endpoints.MapGet("/v1/models", (IBaseModel model) => TypedResults.Json(new ModelList([new ModelEntry(model.Name)]), WireJson.Options))
            .Needs(Permissions.Ask).WithMetadata(OpenAIErrors.Mark);
        endpoints.MapPost("/v1/incidents", (HttpContext http, IncidentsEndpoint endpoint) => endpoint.HandleAsync(http))
            .Needs(Permissions.Report);
        ManagementEndpoints.Map(endpoints);
        endpoints.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        endpoints.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync })
            .AllowAnonymous();
        endpoints.MapHealthChecks("/health/ready", new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains("ready"),
            ResponseWriter = WriteAsync,
        }).AllowAnonymous();
        return endpoints;
    }

    private static Task WriteAsync(HttpContext http, HealthReport report) =>
        http.Response.WriteAsJsonAsync(
            new HealthSummary(
                report.Status.ToString(),
                [.. report.Entries.Select(entry => new HealthEntry(entry.Key, entry.Value.Status.ToString(), entry.Value.Description))]),
            WireJson.Options,
            http.RequestAborted);
}
