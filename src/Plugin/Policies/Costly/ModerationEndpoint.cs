using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Unlearning.Plugin.Policies.Detectors;

namespace Unlearning.Plugin.Policies.Costly;

/// <summary>Asks an endpoint in the form of OpenAI's <c>POST /v1/moderations</c>.</summary>
internal sealed class ModerationEndpoint(IOptions<DetectorOptions> options, Func<HttpMessageHandler>? transport = null)
    : ICostlyDetector, IDisposable
{
    private readonly HttpClient _http = transport is null ? new HttpClient() : new HttpClient(transport());

    public string Kind => "moderation";

    public async Task<bool> AskAsync(CostlyQuestion question, JudgedText text, CancellationToken cancellationToken)
    {
        (string category, double? threshold) = (ModerationQuestion)question;
        ModerationOptions endpoint = options.Value.Moderation;
        Uri url = endpoint.Url ?? throw new InvalidOperationException(
            $"A policy asks a moderation endpoint, but {DetectorOptions.SectionName}:Moderation:Url is not set.");
        using HttpRequestMessage request = new(HttpMethod.Post, url);
        request.Content = endpoint.Model is { } model
            ? JsonContent.Create(new { input = text.Normalized, model })
            : JsonContent.Create(new { input = text.Normalized });
        if (endpoint.ApiKey is { Length: > 0 } key)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        using HttpResponseMessage response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        using JsonDocument body = await response.Content.ReadFromJsonAsync<JsonDocument>(cancellationToken).ConfigureAwait(false)
            ?? throw new FormatException("The moderation endpoint answered with nothing.");
        return Read(body.RootElement, category, threshold);
    }

    public void Dispose() => _http.Dispose();

    private static bool Read(JsonElement body, string category, double? threshold)
    {
        foreach (JsonElement result in body.GetProperty("results").EnumerateArray())
        {
            bool fires = threshold is { } least
                ? result.GetProperty("category_scores").GetProperty(category).GetDouble() >= least
                : result.GetProperty("categories").GetProperty(category).GetBoolean();
            if (fires)
            {
                return true;
            }
        }

        return false;
    }
}
