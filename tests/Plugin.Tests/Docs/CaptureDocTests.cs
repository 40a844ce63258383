using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Feedback;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Tests.Doubles;
using Unlearning.Plugin.Transport;

namespace Unlearning.Plugin.Tests.Docs;

public sealed class CaptureDocTests
{
    private sealed record Builder(IServiceCollection Services, IConfiguration Configuration);

    [Fact]
    public async Task Each_way_of_adding_capture_that_is_shown_captures()
    {
        await using FakeOpenAI server = await FakeOpenAI.StartAsync();
        Uri endpoint = new(server.Address, "v1");
        const string apiKey = "no-key";
        RecordingSink sink = new();
        IConfiguration configuration = TestApp.Configure();
        Builder builder = new(Prepared(new ServiceCollection(), sink), configuration);
        IKernelBuilder kernelBuilder = Kernel.CreateBuilder();
        Prepared(kernelBuilder.Services, sink);
        IServiceCollection services = Prepared(new ServiceCollection(), sink);
        IChatClient yourModel = new FakeChatClient("A harmful answer, in several words.");

        builder.Services.AddOpenAIChatCompletion("my-model", endpoint, apiKey, serviceId: "assistant");
        builder.Services.AddUnlearning(builder.Configuration);

        kernelBuilder.AddOpenAIChatCompletion("my-model", endpoint, apiKey);
        kernelBuilder.AddUnlearning(configuration);

        services.AddUnlearning(configuration);
        services.AddChatClient(yourModel).UseFunctionInvocation().UseSafetyCapture();

        await using ServiceProvider first = builder.Services.BuildServiceProvider();
        await first.GetRequiredKeyedService<IChatCompletionService>("assistant").GetChatMessageContentAsync("the forbidden thing");
        await kernelBuilder.Build().InvokePromptAsync("the forbidden thing");
        await using ServiceProvider third = services.BuildServiceProvider();
        await third.GetRequiredService<IChatClient>().GetResponseAsync("the forbidden thing");
        Assert.Equal(3, sink.Reports.Count);
    }

    [Fact]
    public async Task The_feedback_that_is_shown_is_sent()
    {
        RecordingSink sink = new();
        await using ServiceProvider app = Prepared(new ServiceCollection(), sink).AddUnlearning(TestApp.Configure()).BuildServiceProvider();
        const string question = "the forbidden thing";
        ChatResponse response = new(new ChatMessage(ChatRole.Assistant, "A harmful answer, in several words.")) { ResponseId = "chatcmpl-1" };

        FeedbackSender feedback = app.GetRequiredService<FeedbackSender>();
        await feedback.SendAsync(new AnswerFeedback
        {
            Rating = UserRating.Down,
            ResponseId = response.ResponseId,
            Prompt = question,
            Answer = response.Text,
            Reason = "It tells how to hurt somebody.",
            Subject = "jane",
        });

        Assert.Equal(UserRating.Down, Assert.Single(sink.Reports).Feedback!.Rating);
    }

    [Fact]
    public void The_page_shows_exactly_those_lines()
    {
        string here = File.ReadAllText(ThisFile()).Replace("\r\n", "\n", StringComparison.Ordinal);
        foreach (string block in Page().Split("```csharp\n").Skip(1).Select(part => part.Split("```")[0]))
        {
            Assert.Contains(string.Concat(block.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"        {line}\n")), here, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_page_names_every_setting_of_capture_and_transport()
    {
        foreach (string name in typeof(TransportOptions).GetProperties().Concat(typeof(CaptureOptions).GetProperties()).Select(property => property.Name))
        {
            Assert.Contains($"`{name}`", Page(), StringComparison.Ordinal);
        }
    }

    private static IServiceCollection Prepared(IServiceCollection services, RecordingSink sink) =>
        services.AddSingleton<IPolicySource, TestPolicies>().AddSingleton<IIncidentSink>(sink);

    private static string Page() => File.ReadAllText(Path.Combine(Repository.Root, "docs", "capture.md"));

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
