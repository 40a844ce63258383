using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Unlearning.Host.Cli.Client;

/// <summary>Asks the service over HTTP on behalf of a command.</summary>
internal sealed class ServiceConnection : IDisposable
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly HttpClient _http;

    private ServiceConnection(HttpClient http) => _http = http;

    /// <summary>Where the service is.</summary>
    public Uri Url => _http.BaseAddress!;

    /// <summary>Whether an address was given, as an option or in the environment; without, commands that can work on the data folder do.</summary>
    public static bool IsNamed(string? url) => Given(url) is not null || Given(Environment.GetEnvironmentVariable(ServiceOptions.UrlVariable)) is not null;

    /// <summary>Makes a connection; nothing is sent yet.</summary>
    /// <param name="url">The address that was given, or null.</param>
    /// <param name="overrides">Settings that win over appsettings.json and the environment.</param>
    /// <exception cref="ArgumentException">The address is no address.</exception>
    public static ServiceConnection Open(string? url, IReadOnlyDictionary<string, string?>? overrides)
    {
        ConfigurationManager settings = UnlearningHost.CreateBuilder(overrides).Configuration;
        string address = Given(url) ?? Given(Environment.GetEnvironmentVariable(ServiceOptions.UrlVariable)) ?? ServiceAddress.Of(settings).ToString();
        if (!Uri.TryCreate(address.TrimEnd('/') + "/", UriKind.Absolute, out Uri? parsed) || parsed.Scheme is not ("http" or "https"))
        {
            throw new ArgumentException($"'{address}' is no address of a service. Write it as http://HOST:PORT or https://HOST.");
        }

        HttpClient http = new() { BaseAddress = parsed, Timeout = TimeSpan.FromMinutes(5) };
        if ((Given(Environment.GetEnvironmentVariable(ServiceOptions.KeyVariable)) ?? Given(settings[ServiceOptions.KeySetting])) is { } key)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Trim());
        }

        return new ServiceConnection(http);
    }

    /// <summary>Gets a resource.</summary>
    /// <exception cref="ServiceException">The service refused, or none answered.</exception>
    public Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) => SendAsync<T>(HttpMethod.Get, path, null, cancellationToken);

    /// <summary>Gets a text.</summary>
    /// <exception cref="ServiceException">The service refused, or none answered.</exception>
    public async Task<string> GetTextAsync(string path, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        return await SendAsync(request, (content, ct) => content.ReadAsStringAsync(ct), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Posts a body, or none.</summary>
    /// <exception cref="ServiceException">The service refused, or none answered.</exception>
    public Task<T> PostAsync<T>(string path, object? body, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Post, path, body, cancellationToken);

    /// <summary>Deletes a resource.</summary>
    /// <exception cref="ServiceException">The service refused, or none answered.</exception>
    public Task<T> DeleteAsync<T>(string path, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Delete, path, null, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<T> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(method, path);
        if (body is not null)
        {
            request.Content = JsonContent.Create(body, body.GetType(), options: _json);
        }

        return await SendAsync(
            request, async (content, ct) => (await content.ReadFromJsonAsync<T>(_json, ct).ConfigureAwait(false))!, cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> SendAsync<T>(HttpRequestMessage request, Func<HttpContent, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            return response.IsSuccessStatusCode
                ? await read(response.Content, cancellationToken).ConfigureAwait(false)
                : throw await RefusedAsync(response, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException unreachable)
        {
            throw new ServiceException(
                $"No service answers at {Url} ({unreachable.HttpRequestError}). Start it, or name another with --url or {ServiceOptions.UrlVariable}.");
        }
        catch (JsonException)
        {
            throw new ServiceException($"What answers at {Url} is not this service, or another version of it.");
        }
    }

    private async Task<ServiceException> RefusedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        int status = (int)response.StatusCode;
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            return new ServiceException(
                $"The service at {Url} asks for a key. Put yours into {ServiceOptions.KeyVariable}, or have one made: 'keys create NAME --role ROLE'.", status);
        }

        try
        {
            JsonElement problem = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken).ConfigureAwait(false);
            if (problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty("detail", out JsonElement detail))
            {
                return new ServiceException(detail.GetString()!, status);
            }
        }
        catch (JsonException)
        {
        }

        return new ServiceException($"The service at {Url} answered {status} to '{response.RequestMessage?.RequestUri?.AbsolutePath}'.", status);
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
