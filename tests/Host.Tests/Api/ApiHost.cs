using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Unlearning.Host.Api;
using Unlearning.Host.Incidents;
using Unlearning.Host.Jobs;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Serving;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Recipes;
using Unlearning.Host.Storage;
using Unlearning.Host.Tests.Jobs;
using Unlearning.Host.Tests.Releases;
using Unlearning.Host.Tests.Storage;
using Unlearning.Plugin;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Serving;

namespace Unlearning.Host.Tests.Api;

/// <summary>The endpoints on a real server on a port of its own, asked over HTTP.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly WebApplication _app;

    private ApiHost(Dictionary<string, string?> settings, bool serveSlot, string? policy, bool incidents, bool runs, TimeProvider? time)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddRouting();
        builder.Services.AddLogging(logging => logging.AddProvider(Logs));
        if (time is not null)
        {
            builder.Services.AddSingleton(time);
        }

        builder.Services.AddSingleton(new DataFolder(_folder.Path));
        builder.Services.AddSingleton<IBaseModel>(Model);
        builder.Services.AddSingleton<IReleaseLoader>(Model);
        builder.Services.AddSingleton<IPolicySource>(Policies);
        builder.Services.AddUnlearningReleases().AddUnlearningApi(builder.Configuration);
        if (incidents)
        {
            builder.Services.AddUnlearningStorage(builder.Configuration).AddUnlearningIncidents(builder.Configuration);
        }

        if (runs)
        {
            builder.Services.AddSingleton<IRunPipeline, FakePipeline>();
            builder.Services.AddOptions<RecipeOptions>();
            builder.Services.AddUnlearningReleaseWatch().AddUnlearningSchedule(builder.Configuration);
        }

        if (serveSlot)
        {
            builder.Services.AddSingleton<IChatClient>(provider => provider.GetRequiredService<ModelSlot>());
        }
        else if (policy is not null)
        {
            // As the application does it, with one policy and the scripted model.
            File.WriteAllText(Path.Combine(_folder.Path, "policy.yaml"), policy);
            builder.Configuration["Unlearning:Policies:Directory"] = _folder.Path;
            builder.Configuration["Unlearning:Capture:WaitForAcknowledgement"] = "true";
            builder.Services.RemoveAll<IPolicySource>();
            builder.Services.AddUnlearningCapture(builder.Configuration);
            builder.Services.AddAssistant(_ => Client);
        }
        else
        {
            builder.Services.AddSingleton<IChatClient>(Client);
        }

        try
        {
            _app = builder.Build();
        }
        catch
        {
            // Settings are checked as soon as the server is made.
            _folder.Dispose();
            throw;
        }

        _app.MapUnlearningApi();
    }

    public ScriptedChatClient Client { get; } = new();

    public FakeModel Model { get; } = new();

    public FakePolicies Policies { get; } = new();

    public LogCollector Logs { get; } = new();

    public HttpClient Http { get; private set; } = null!;

    public IServiceProvider Services => _app.Services;

    public static async Task<ApiHost> StartAsync(
        Action<ApiHost>? configure = null,
        bool serveSlot = false,
        string? policy = null,
        bool incidents = false,
        bool runs = false,
        TimeProvider? time = null,
        (string Key, string Value)? server = null,
        params (string Key, string Value)[] settings)
    {
        Dictionary<string, string?> values = new() { ["Unlearning:Api:Port"] = "0", ["Unlearning:Schedule:Cron"] = ScheduleOptions.Off };
        foreach ((string key, string value) in settings)
        {
            values[$"Unlearning:Api:{key}"] = value;
        }

        if (server is { } own)
        {
            values[own.Key] = own.Value;
        }

        ApiHost host = new(values, serveSlot, policy, incidents, runs, time);
        configure?.Invoke(host);
        await host._app.StartAsync();
        string address = Assert.Single(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses);
        Assert.Equal("127.0.0.1", new Uri(address).Host);
        host.Http = new HttpClient { BaseAddress = new Uri(address) };
        return host;
    }

    public Task<HttpResponseMessage> PostAsync(string json, CancellationToken cancellationToken = default) =>
        Http.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
            {
                Content = new StringContent(json, Encoding.UTF8, "application/json"),
            },
            HttpCompletionOption.ResponseHeadersRead,
            cancellationToken);

    public async Task<(HttpStatusCode Status, JsonNode Body)> SendIncidentsAsync(string json, string? key = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/incidents")
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        };
        if (key is not null)
        {
            request.Headers.Add("Authorization", key);
        }

        using HttpResponseMessage response = await Http.SendAsync(request);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    public async Task<JsonNode> AskAsync(string json)
    {
        using HttpResponseMessage response = await PostAsync(json);
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, body);
        return JsonNode.Parse(body)!;
    }

    public async Task<JsonNode> RefusedAsync(HttpStatusCode status, string json)
    {
        using HttpResponseMessage response = await PostAsync(json);
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{response.StatusCode}: {body}");
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        return JsonNode.Parse(body)!["error"]!;
    }

    /// <summary>Waits for the requests under way, too.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();

        // Disposed alone it lets its jobs go on, into a folder that is being deleted.
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder.Dispose();
    }
}
