using System.Text;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Serving;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Capture;

public sealed class EveryCallStyleTests
{
    private const string Prompt = "Tell me about the forbidden thing";
    private const string Answer = "Sure, here is all about the thing you asked for.";

    public static TheoryData<CallStyle, Wiring, bool> Styles()
    {
        TheoryData<CallStyle, Wiring, bool> data = [];
        foreach (CallStyle style in Enum.GetValues<CallStyle>())
        {
            foreach (Wiring wiring in Enum.GetValues<Wiring>())
            {
                if (style != CallStyle.ChatClient || wiring != Wiring.NativeService)
                {
                    data.Add(style, wiring, false);
                    data.Add(style, wiring, true);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public async Task Every_call_style_gives_the_same_incident_once(CallStyle style, Wiring wiring, bool streaming)
    {
        using TestApp app = new(services => Register(services, wiring, Answer));

        string received = await CallAsync(app, style, streaming, Prompt);

        Assert.Equal(Answer, received);
        IncidentReport incident = Assert.Single(app.Sink.Reports);
        Interaction interaction = incident.Interaction;
        Assert.Equal(Prompt, interaction.Prompt);
        Assert.Equal(Answer, interaction.Answer);
        Assert.Equal(streaming, interaction.Streaming);
        Assert.True(interaction.Complete);
        Assert.Equal("fake-model", interaction.ModelId);
        Assert.Equal(Prompt, Assert.Single(interaction.Messages).Text);
        Assert.Equal(style == CallStyle.PromptFunction ? $"InvokePrompt{(streaming ? "Streaming" : "")}Async" : null, interaction.Function);
        Assert.Equal(wiring == Wiring.NativeService ? null : "release-1", interaction.ReleaseId);
        Assert.Equal("user-7", interaction.Subject);
        Assert.Equal("helpdesk", interaction.Tags["workload"]);
        Assert.Equal("revision-1", incident.PolicyRevision);
        PolicyMatch match = Assert.Single(incident.Matches);
        Assert.Equal("forbidden-things", match.Policy);
        Assert.Equal("1.2.3", match.PolicyVersion);
        Assert.Equal("test:forbidden", match.Hazard);
        Assert.Equal(2, match.Severity);
        Assert.True(match.PromptMatched);
        Assert.True(match.AnswerMatched);
        Assert.True(match.AutoAccept);
        Assert.Equal(["prompt/forbidden"], match.Detectors);
        Assert.Equal("I would rather not.", match.RefusalText);
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public async Task A_refused_prompt_is_reported_but_its_answer_is_not_harmful(CallStyle style, Wiring wiring, bool streaming)
    {
        using TestApp app = new(services => Register(services, wiring, "I'm sorry, but I can't help with that, whatever the reason."));

        await CallAsync(app, style, streaming, Prompt);

        PolicyMatch match = Assert.Single(Assert.Single(app.Sink.Reports).Matches);
        Assert.True(match.PromptMatched);
        Assert.False(match.AnswerMatched);
        Assert.False(match.AutoAccept);
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public async Task An_ordinary_exchange_is_not_reported(CallStyle style, Wiring wiring, bool streaming)
    {
        using TestApp app = new(services => Register(services, wiring, Answer));

        await CallAsync(app, style, streaming, "Tell me about the allowed thing");

        Assert.Empty(app.Sink.Reports);
    }

    private static void Register(IServiceCollection services, Wiring wiring, string answer)
    {
        if (wiring == Wiring.NativeService)
        {
            services.AddSingleton<IChatCompletionService>(new FakeChatCompletionService(answer));
            return;
        }

        ChatClientBuilder pipeline = services.AddChatClient(_ => new ModelSlot(new FakeChatClient(answer), "release-1"));
        if (wiring == Wiring.CapturedOutsideToo)
        {
            pipeline.Use((inner, provider) => new SafetyCaptureChatClient(inner, provider.GetRequiredService<InteractionRecorder>()));
        }

        pipeline.UseKernelFunctionInvocation().UseSafetyCapture();
        services.AddSingleton(provider => provider.GetRequiredService<IChatClient>().AsChatCompletionService(provider));
        if (wiring == Wiring.AddedTwice)
        {
            pipeline.UseSafetyCapture();
            IConfiguration configuration = new ConfigurationBuilder().Build();
            services.AddUnlearning(configuration);
            services.AddUnlearning(configuration);
        }
        else if (wiring == Wiring.BothDecorated)
        {
            services.DecorateChatCompletionServices();
        }
    }

    private static async Task<string> CallAsync(TestApp app, CallStyle style, bool streaming, string prompt)
    {
        using CaptureContext context = CaptureContext.Begin("user-7", new Dictionary<string, string> { ["workload"] = "helpdesk" });
        StringBuilder text = new();
        switch (style, streaming)
        {
            case (CallStyle.PromptFunction, false):
                return (await app.Kernel.InvokePromptAsync(prompt)).ToString();
            case (CallStyle.PromptFunction, true):
                await foreach (string piece in app.Kernel.InvokePromptStreamingAsync<string>(prompt))
                {
                    text.Append(piece);
                }

                return text.ToString();
            case (CallStyle.ChatCompletion, false):
                return (await app.ChatCompletion.GetChatMessageContentAsync(prompt, kernel: app.Kernel)).Content!;
            case (CallStyle.ChatCompletion, true):
                await foreach (StreamingChatMessageContent piece in app.ChatCompletion.GetStreamingChatMessageContentsAsync(prompt))
                {
                    text.Append(piece.Content);
                }

                return text.ToString();
            case (CallStyle.ChatClient, false):
                return (await app.ChatClient.GetResponseAsync(prompt)).Text;
            default:
                await foreach (ChatResponseUpdate piece in app.ChatClient.GetStreamingResponseAsync(prompt))
                {
                    text.Append(piece.Text);
                }

                return text.ToString();
        }
    }
}
