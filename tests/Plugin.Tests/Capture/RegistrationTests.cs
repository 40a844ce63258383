using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Capture;

public sealed class RegistrationTests
{
    [Fact]
    public async Task Keyed_services_are_decorated_under_their_own_keys()
    {
        using TestApp app = new(services =>
        {
            services.AddKeyedSingleton<IChatCompletionService>("fast", new FakeChatCompletionService("The fast answer, in several words."));
            services.AddKeyedSingleton<IChatCompletionService>("slow", (_, key) => new FakeChatCompletionService($"The {key} answer, in several words."));
        });

        foreach (string key in new[] { "fast", "slow" })
        {
            await app.Services.GetRequiredKeyedService<IChatCompletionService>(key).GetChatMessageContentAsync("the forbidden thing");
        }

        Assert.Equal(
            ["The fast answer, in several words.", "The slow answer, in several words."],
            app.Sink.Reports.Select(report => report.Interaction.Answer));
    }

    [Fact]
    public async Task A_kernel_that_selects_a_service_by_its_id_is_captured()
    {
        using TestApp app = new(services =>
        {
            services.AddKeyedSingleton<IChatCompletionService>("fast", new FakeChatCompletionService("The fast answer, in several words."));
        });

        await app.Kernel.InvokePromptAsync("the forbidden thing", new(new PromptExecutionSettings { ServiceId = "fast" }));

        Assert.Single(app.Sink.Reports);
    }

    [Fact]
    public void A_decorated_service_is_disposed_by_whoever_would_have_disposed_it()
    {
        FakeChatCompletionService given = new("answer"), made = new("answer");
        using (TestApp app = new(services =>
        {
            services.AddKeyedSingleton<IChatCompletionService>("given", given);
            services.AddKeyedSingleton<IChatCompletionService>("made", (_, _) => made);
        }))
        {
            app.Services.GetRequiredKeyedService<IChatCompletionService>("given");
            app.Services.GetRequiredKeyedService<IChatCompletionService>("made");
        }

        Assert.False(given.IsDisposed);
        Assert.True(made.IsDisposed);
    }

    [Fact]
    public async Task Chat_clients_are_captured_once_wherever_they_were_registered_and_each_is_disposed_by_its_owner()
    {
        FakeChatClient given = new("The given answer, in several words."), made = new("The made answer, in several words.");
        RecordingSink sink;
        using (TestApp app = new(services =>
        {
            services.AddSingleton<IChatClient>(given);
            services.AddKeyedSingleton<IChatClient>("made", (_, _) => made);
            services.AddKeyedSingleton<IChatClient>("piped", (provider, _) =>
                new FakeChatClient("The piped answer, in several words.").AsBuilder().UseSafetyCapture().Build(provider));
            services.AddKeyedSingleton<IChatClient>("forwarded", (provider, _) => provider.GetRequiredKeyedService<IChatClient>("made"));
        }))
        {
            await app.ChatClient.GetResponseAsync("the forbidden thing");
            foreach (string key in new[] { "made", "piped", "forwarded" })
            {
                await app.Services.GetRequiredKeyedService<IChatClient>(key).GetResponseAsync("the forbidden thing");
            }

            sink = app.Sink;
        }

        Assert.Equal(["given", "made", "piped", "made"], sink.Reports.Select(report => report.Interaction.Answer.Split(' ')[1]));
        Assert.Equal((false, true), (given.IsDisposed, made.IsDisposed));
    }

    [Fact]
    public async Task A_service_registered_later_is_captured_when_capture_is_added_once_more()
    {
        IConfiguration configuration = TestApp.Configure();
        RecordingSink sink = new();
        ServiceCollection services = new();
        services.AddSingleton<IPolicySource, TestPolicies>().AddSingleton<IIncidentSink>(sink);
        services.AddUnlearning(configuration);
        services.AddSingleton<IChatCompletionService>(new FakeChatCompletionService("The late answer, in several words."));
        services.AddUnlearning(configuration);
        await using ServiceProvider provider = services.BuildServiceProvider();

        await provider.GetRequiredService<IChatCompletionService>().GetChatMessageContentAsync("the forbidden thing");

        Assert.Single(sink.Reports);
    }

    [Fact]
    public void Adding_twice_registers_once()
    {
        IConfiguration configuration = TestApp.Configure();
        ServiceCollection services = new();
        services.AddSingleton<IChatCompletionService>(new FakeChatCompletionService("answer"));
        services.AddUnlearning(configuration);
        int count = services.Count;
        ServiceDescriptor decorated = services.Single(service => service.ServiceType == typeof(IChatCompletionService));

        services.AddUnlearning(configuration).AddUnlearningCapture(configuration).DecorateModelServices();

        Assert.Equal(count, services.Count);
        Assert.Same(decorated, services.Single(service => service.ServiceType == typeof(IChatCompletionService)));
    }

    [Fact]
    public void A_pipeline_that_captures_already_is_not_wrapped_again()
    {
        using TestApp app = new(services => services.AddChatClient(new FakeChatClient("answer")).UseSafetyCapture());

        IChatClient wrapped = app.ChatClient.AsBuilder().UseSafetyCapture().Build(app.Services);

        Assert.Same(app.ChatClient, wrapped);
    }

    [Fact]
    public void Capture_without_its_services_says_what_to_add()
    {
        ServiceCollection services = new();
        services.AddChatClient(new FakeChatClient("answer")).UseSafetyCapture();
        using ServiceProvider provider = services.BuildServiceProvider();

        InvalidOperationException failure = Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<IChatClient>());

        Assert.Contains("AddUnlearning(configuration)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bare_kernel_builder_needs_nothing_else()
    {
        IKernelBuilder builder = Kernel.CreateBuilder();
        builder.Services.AddSingleton<IChatCompletionService>(new FakeChatCompletionService("answer"));
        builder.AddUnlearning(TestApp.Configure());

        Kernel kernel = builder.Build();

        Assert.IsType<SafetyCaptureChatCompletionService>(kernel.GetRequiredService<IChatCompletionService>());
    }

    [Theory]
    [InlineData("Unlearning:Capture:SinkTimeout", "00:00:00")]
    [InlineData("Unlearning:Policies:RescanInterval", "00:00:00.001")]
    [InlineData("Unlearning:Policies:Directory", " ")]
    public void Wrong_settings_are_named_with_the_value_found(string key, string value)
    {
        using TestApp app = new(_ => { }, new Dictionary<string, string?> { [key] = value });

        OptionsValidationException failure = Assert.Throws<OptionsValidationException>(
            () => app.Services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains(key, failure.Message, StringComparison.Ordinal);
    }
}
