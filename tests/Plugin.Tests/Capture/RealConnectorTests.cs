using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Capture;

/// <summary>The connectors as they are published, against a server that speaks their protocol.</summary>
public sealed class RealConnectorTests : IAsyncLifetime
{
    private const string Prompt = "the forbidden thing";

    private FakeOpenAI _server = null!;

    public static TheoryData<string, string?, bool> Cases()
    {
        TheoryData<string, string?, bool> cases = [];
        foreach (string connector in new[] { "openai", "azure", "openai client", "azure client" })
        {
            foreach (string? key in new[] { null, "a-service" })
            {
                cases.Add(connector, key, true);
                cases.Add(connector, key, false);
            }
        }

        return cases;
    }

    public async Task InitializeAsync() => _server = await FakeOpenAI.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Each_call_of_a_service_collections_connector_is_one_incident(string connector, string? key, bool streaming)
    {
        RecordingSink sink = new();
        ServiceCollection services = new();
        services.AddSingleton<IPolicySource, TestPolicies>().AddSingleton<IIncidentSink>(sink);
        services.AddKernel();
        Register(services, connector, key);
        services.AddUnlearning(TestApp.Configure()).AddUnlearning(TestApp.Configure());
        await using ServiceProvider provider = services.BuildServiceProvider();

        await CallAsync(provider, provider.GetRequiredService<Kernel>(), key, streaming, sink);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Each_call_of_a_kernel_builders_connector_is_one_incident(string connector, string? key, bool streaming)
    {
        RecordingSink sink = new();
        IKernelBuilder builder = Kernel.CreateBuilder();
        builder.Services.AddSingleton<IPolicySource, TestPolicies>().AddSingleton<IIncidentSink>(sink);
        Register(builder.Services, connector, key);
        builder.AddUnlearning(TestApp.Configure());
        Kernel kernel = builder.Build();

        await CallAsync(kernel.Services, kernel, key, streaming, sink);
    }

    [Fact]
    public async Task The_id_that_feedback_names_an_answer_by_is_in_the_metadata_that_the_guide_tells()
    {
        ServiceCollection services = new();
        Register(services, "openai", null);
        await using ServiceProvider provider = services.BuildServiceProvider();
        IChatCompletionService service = provider.GetRequiredService<IChatCompletionService>();

        Assert.Equal(FakeOpenAI.ResponseId, (await service.GetChatMessageContentAsync(Prompt)).Metadata!["Id"]);
        await foreach (StreamingChatMessageContent piece in service.GetStreamingChatMessageContentsAsync(Prompt))
        {
            Assert.Equal(FakeOpenAI.ResponseId, piece.Metadata!["CompletionId"]);
        }
    }

    private void Register(IServiceCollection services, string connector, string? key)
    {
        switch (connector)
        {
            case "openai":
                services.AddOpenAIChatCompletion("a-model", new Uri(_server.Address, "v1"), "no-key", serviceId: key);
                break;
            case "azure":
                services.AddAzureOpenAIChatCompletion("a-deployment", _server.Address.ToString(), "no-key", serviceId: key);
                break;
            case "openai client":
                services.AddOpenAIChatClient("a-model", new Uri(_server.Address, "v1"), "no-key", serviceId: key);
                break;
            default:
#pragma warning disable SKEXP0010 // Experimental, and used all the same.
                services.AddAzureOpenAIChatClient("a-deployment", _server.Address.ToString(), "no-key", serviceId: key);
#pragma warning restore SKEXP0010
                break;
        }
    }

    private static async Task CallAsync(IServiceProvider services, Kernel kernel, string? key, bool streaming, RecordingSink sink)
    {
        // Through the kernel, and past it: by whatever the connector registered.
        PromptExecutionSettings settings = new() { ServiceId = key };
        await (streaming
            ? DrainAsync(kernel.InvokePromptStreamingAsync(Prompt, new(settings)))
            : kernel.InvokePromptAsync(Prompt, new(settings)));
        AssertOne(sink, 1);
        if (Find<IChatCompletionService>(services, key) is { } service)
        {
            await (streaming ? DrainAsync(service.GetStreamingChatMessageContentsAsync(Prompt)) : service.GetChatMessageContentAsync(Prompt));
        }
        else
        {
            IChatClient client = Find<IChatClient>(services, key)!;
            await (streaming ? DrainAsync(client.GetStreamingResponseAsync(Prompt)) : client.GetResponseAsync(Prompt));
        }

        AssertOne(sink, 2);
    }

    private static T? Find<T>(IServiceProvider services, string? key)
        where T : class => key is null ? services.GetService<T>() : services.GetKeyedService<T>(key);

    private static void AssertOne(RecordingSink sink, int calls)
    {
        Assert.Equal(calls, sink.Reports.Count);
        Interaction interaction = sink.Reports[^1].Interaction;
        Assert.Equal(
            (Prompt, FakeOpenAI.Answer, true), (interaction.Prompt, interaction.Answer, interaction.Complete));
        Assert.Equal((FakeOpenAI.Release, FakeOpenAI.ResponseId), (interaction.ReleaseId, interaction.ResponseId));
    }

    private static async Task DrainAsync<T>(IAsyncEnumerable<T> stream)
    {
        await foreach (T _ in stream)
        {
        }
    }
}
