using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Tests.Doubles;
using Unlearning.Plugin.Transport;

namespace Unlearning.Plugin.Tests.Transport;

public sealed class TransportRegistrationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Spool => Path.Combine(_folder.Path, "spool");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_bare_kernel_spools_for_the_Host_that_its_settings_name()
    {
        IKernelBuilder builder = Kernel.CreateBuilder();
        builder.Services.AddSingleton<IPolicySource, TestPolicies>();
        builder.Services.AddSingleton<IChatClient>(new FakeChatClient("A harmful answer, in several words."));
        builder.AddUnlearning(Settings());
        Kernel kernel = builder.Build();

        await kernel.InvokePromptAsync("the forbidden thing");
        Assert.IsType<HttpIncidentSink>(kernel.Services.GetRequiredService<IIncidentSink>());
        ((IDisposable)kernel.Services).Dispose();

        Assert.Single(Directory.GetFiles(Spool, "*.log", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task An_app_with_a_host_opens_the_spool_at_its_start()
    {
        await using ServiceProvider provider = Services(Settings()).BuildServiceProvider();
        foreach (IHostedService service in provider.GetServices<IHostedService>())
        {
            await service.StartAsync(CancellationToken.None);
        }

        Assert.Single(Directory.GetDirectories(Spool));
    }

    [Fact]
    public void Without_a_Host_in_the_settings_nothing_is_spooled_and_a_sink_of_the_apps_own_wins()
    {
        using ServiceProvider without = Services(new ConfigurationBuilder().Build()).BuildServiceProvider();
        Assert.IsType<LoggingIncidentSink>(without.GetRequiredService<IIncidentSink>());

        RecordingSink own = new();
        IServiceCollection services = new ServiceCollection().AddSingleton<IIncidentSink>(own).AddUnlearning(Settings());
        using ServiceProvider with = services.BuildServiceProvider();
        Assert.Same(own, with.GetRequiredService<IIncidentSink>());
        Assert.False(Directory.Exists(Spool));
    }

    [Theory]
    [InlineData("Url", "unlearning.example.org")]
    [InlineData("Url", "ftp://unlearning.example.org")]
    [InlineData("Url", "http://unlearning.example.org")]
    [InlineData("Url", "https://name:secret@unlearning.example.org")]
    [InlineData("ApiKey", "a key\n")]
    [InlineData("Spool", " ")]
    [InlineData("SpoolKey", "not 32 bytes of it")]
    [InlineData("SpoolLimitMb", "0")]
    [InlineData("BatchSize", "1001")]
    [InlineData("RequestTimeout", "00:00:00")]
    [InlineData("FirstRetryDelay", "00:02:00")]
    [InlineData("LongestRetryDelay", "02:00:00")]
    [InlineData("FlushTimeout", "-00:00:01")]
    public void Wrong_settings_are_named_and_the_key_is_not_quoted(string key, string value)
    {
        using ServiceProvider provider = Services(Settings((key, value))).BuildServiceProvider();
        OptionsValidationException failure = Assert.Throws<OptionsValidationException>(
            () => provider.GetRequiredService<IStartupValidator>().Validate());
        Assert.Contains($"Unlearning:Host:{key}", failure.Message, StringComparison.Ordinal);
        Assert.True(key is not ("ApiKey" or "SpoolKey") || !failure.Message.Contains(value, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://localhost:5080")]
    [InlineData("http://127.0.0.1:5080/")]
    [InlineData("https://unlearning.example.org/behind/a/path/")]
    public void A_Host_on_this_machine_or_behind_TLS_is_accepted(string url)
    {
        using ServiceProvider provider = Services(Settings(("Url", url))).BuildServiceProvider();
        Assert.Equal(url, provider.GetRequiredService<IOptions<TransportOptions>>().Value.Url);
    }

    private static IServiceCollection Services(IConfiguration configuration) => new ServiceCollection().AddUnlearning(configuration);

    // Nothing listens on that port, and nobody waits for it.
    private IConfiguration Settings(params (string Key, string Value)[] changes)
    {
        Dictionary<string, string?> settings = new()
        {
            ["Unlearning:Host:Url"] = "http://127.0.0.1:9",
            ["Unlearning:Host:Spool"] = Spool,
            ["Unlearning:Host:FlushTimeout"] = "00:00:00",
        };
        foreach ((string key, string value) in changes)
        {
            settings[$"Unlearning:Host:{key}"] = value;
        }

        return new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
    }
}
