using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Policies;

namespace Unlearning.Plugin.Tests.Doubles;

/// <summary>An app that uses the plugin, with everything around it under the test's control.</summary>
internal sealed class TestApp : IDisposable
{
    private readonly ServiceProvider _services;

    public TestApp(Action<IServiceCollection> register, IReadOnlyDictionary<string, string?>? settings = null)
    {
        Configuration = Configure(settings);
        ServiceCollection services = new();
        services.AddSingleton<IConfiguration>(Configuration);
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddFakeLogging());
        services.AddSingleton<IPolicySource, TestPolicies>();
        services.AddSingleton<IIncidentSink>(Sink);
        services.AddKernel();
        register(services);
        services.AddUnlearning(Configuration);
        _services = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });
    }

    public IConfiguration Configuration { get; }

    /// <summary>Settings of an app whose calls return when they are judged: tests look at what a call left behind at once.</summary>
    public static IConfiguration Configure(IReadOnlyDictionary<string, string?>? settings = null) => new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?> { ["Unlearning:Capture:WaitForAcknowledgement"] = "true" })
        .AddInMemoryCollection(settings ?? new Dictionary<string, string?>())
        .Build();

    public RecordingSink Sink { get; } = new();

    public IServiceProvider Services => _services;

    public Kernel Kernel => _services.GetRequiredService<Kernel>();

    public IChatClient ChatClient => _services.GetRequiredService<IChatClient>();

    public IChatCompletionService ChatCompletion => _services.GetRequiredService<IChatCompletionService>();

    public FakeLogCollector Logs => _services.GetFakeLogCollector();

    /// <summary>Waits until nothing waits to be judged by the cheap detectors; needs a meter factory among the services.</summary>
    public async Task JudgedAsync()
    {
        using MetricCollector<int> waiting =
            new(_services.GetRequiredService<IMeterFactory>(), CaptureMetrics.MeterName, "unlearning.capture.waiting");
        do
        {
            await Task.Yield();
            waiting.Clear();
            waiting.RecordObservableInstruments();
        }
        while (waiting.GetMeasurementSnapshot().First(one => (string?)one.Tags["unlearning.stage"] == "judging").Value > 0);
    }

    public void Dispose() => _services.Dispose();
}
