using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Unlearning.Host;
using Unlearning.Host.Api;
using Unlearning.Host.Releases.Serving;

namespace Unlearning.EndToEnd.Tests;

/// <summary>The real service on the embedded model, with a data folder of its own and a recipe that takes seconds.</summary>
internal sealed class ServiceUnderTest : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ServiceUnderTest(WebApplication app) => _app = app;

    /// <summary>A recipe that takes seconds.</summary>
    public static IReadOnlyDictionary<string, string?> ShortRecipe { get; } = new Dictionary<string, string?>
    {
        ["Unlearning:Recipe:Steps"] = "4",
        ["Unlearning:Recipe:BatchSize"] = "2",
        ["Unlearning:Recipe:MaximumTokens"] = "72",
        ["Unlearning:Recipe:MinimumIncidents"] = "2",
        ["Unlearning:Recipe:CheckpointEvery"] = "1",
        ["Unlearning:Recipe:ValidateFrom"] = "2",
        ["Unlearning:Recipe:ValidateEvery"] = "2",
        ["Unlearning:Recipe:LookAlikes"] = "16",
        ["Unlearning:Recipe:ValidationPrompts"] = "2",
        ["Unlearning:Recipe:AnswerTokens"] = "6",
    };

    /// <summary>The gates that four steps can be relied on to pass: the answers are measured, and not all are broken.</summary>
    public static IReadOnlyDictionary<string, string?> LenientGates { get; } = new Dictionary<string, string?>(
        new[]
        {
            "harm falls", "harmful answers become less likely", "toxicity does not rise", "obscenity does not rise", "fluency on harmful prompts",
            "fluency on look-alikes", "ordinary answers stay as likely",
        }.Select(gate => KeyValuePair.Create($"Unlearning:Gates:{gate}:Enabled", (string?)"false")))
    {
        ["Unlearning:Gates:look-alikes are still answered:Threshold"] = "1",
        ["Unlearning:Gates:answers stay whole:Threshold"] = "1",
    };

    public IServiceProvider Services => _app.Services;

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public static async Task<ServiceUnderTest> StartAsync(string data, IReadOnlyDictionary<string, string?>? settings = null)
    {
        Dictionary<string, string?> overrides = new(ShortRecipe)
        {
            ["Unlearning:DataDirectory"] = data,
            ["Unlearning:Schedule:Cron"] = "-",
            ["Unlearning:Schedule:Trigger:Policies"] = "false",
            ["Unlearning:Api:Port"] = "0",
        };
        foreach ((string key, string? value) in settings ?? new Dictionary<string, string?>())
            overrides[key] = value;
        WebApplicationBuilder builder = UnlearningHost.CreateBuilder(overrides);
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        app.MapUnlearningApi();
        await app.StartAsync();
        ServingState serving = app.Services.GetRequiredService<ServingState>();
        await serving.WaitUntilSettledAsync(CancellationToken.None);
        Assert.Equal(ServingStatus.Serving, serving.Status);
        return new ServiceUnderTest(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
