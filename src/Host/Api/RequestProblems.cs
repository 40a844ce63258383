using System.Text.Json;

namespace Unlearning.Host.Api;

/// <summary>Answers with problem details where no endpoint got to speak: a path or method that is none, a body or parameter that cannot be read.</summary>
internal sealed class RequestProblems : IStartupFilter
{
    /// <inheritdoc/>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.UseStatusCodePages();
        app.Use(async (http, endpoint) =>
        {
            try
            {
                await endpoint(http).ConfigureAwait(false);
            }
            catch (BadHttpRequestException wrong) when (!http.Response.HasStarted)
            {
                // The reader's message names types of ours, and the field may be deep: the path says where.
                JsonException? json = wrong.InnerException as JsonException;
                string where = json?.Path is { Length: > 1 } path ? $" at '{path.TrimStart('$', '.')}'" : "";
                string detail = json is null
                    ? $"The request could not be read. {wrong.Message}"
                    : $"The body is not what the endpoint takes{where}. /openapi/v1.json describes it.";
                await ApiProblem.WriteAsync(http, wrong.StatusCode, detail).ConfigureAwait(false);
            }
        });
        next(app);
    };
}
