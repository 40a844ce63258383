using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
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
        Configuration = new ConfigurationBuilder().AddInMemoryCollection(settings ?? new Dictionary<string, string?>()).Build();
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

    public RecordingSink Sink { get; } = new();

    public IServiceProvider Services => _services;

    public Kernel Kernel => _services.GetRequiredService<Kernel>();

    public IChatClient ChatClient => _services.GetRequiredService<IChatClient>();

    public IChatCompletionService ChatCompletion => _services.GetRequiredService<IChatCompletionService>();

    public FakeLogCollector Logs => _services.GetFakeLogCollector();

    public void Dispose() => _services.Dispose();
}
