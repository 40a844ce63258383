using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Unlearning.Host.Identity;

namespace Unlearning.Host.Api.Management;

/// <summary>Describes the HTTP interface for programs: what each endpoint takes, gives and asks for.</summary>
internal static class OpenApiDocuments
{
    /// <summary>Adds title, the keys, and the permission and problems of each endpoint.</summary>
    public static void Describe(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Unlearning",
                Version = "v1",
                Description = "Continuous safety remediation of a deployed assistant. Errors are problem details (RFC 9457), but for "
                    + "/v1/chat/completions and /v1/models, whose errors have OpenAI's form.",
            };
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [AccessKeyAuthentication.Scheme] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    Description = "An access key. While none exists, calls from this machine need none.",
                },
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<PermissionNeeded>().FirstOrDefault() is not { } needed)
                return Task.CompletedTask;
            operation.Description = $"Needs the permission {needed.Permission}. {operation.Description}".TrimEnd();
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(AccessKeyAuthentication.Scheme, context.Document)] = [] }];
            operation.Responses ??= [];
            operation.Responses.TryAdd("401", new OpenApiResponse { Description = "No key that counts was shown." });
            operation.Responses.TryAdd("403", new OpenApiResponse { Description = "The key's role may not do this." });
            return Task.CompletedTask;
        });
    }
}
