using System.Text;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Serving;
using Unlearning.Plugin.Tests.Doubles;
using TextContent = Microsoft.Extensions.AI.TextContent;

namespace Unlearning.Plugin.Tests.Capture;

/// <summary>Wires an app and calls its model, in every way there is.</summary>
internal static class CallStyles
{
    public static TheoryData<CallStyle, Wiring, bool> All() => Of(Enum.GetValues<CallStyle>());

    /// <summary>Those in which a model is called, which alone can be refused.</summary>
    public static TheoryData<CallStyle, Wiring, bool> OfModels() => Of(Enum.GetValues<CallStyle>().Where(HasModel));

    public static bool HasModel(CallStyle style) => style != CallStyle.NativeFunction;

    private static TheoryData<CallStyle, Wiring, bool> Of(IEnumerable<CallStyle> styles)
    {
        TheoryData<CallStyle, Wiring, bool> data = [];
        foreach (CallStyle style in styles)
        {
            foreach (Wiring wiring in Enum.GetValues<Wiring>())
            {
                if (wiring != Wiring.NativeService
                    || style is not (CallStyle.ChatClient or CallStyle.MultiPartMessage or CallStyle.AutoFunctionCall or CallStyle.Agent))
                {
                    data.Add(style, wiring, false);
                    data.Add(style, wiring, true);
                }
            }
        }

        return data;
    }

    public static string? FunctionOf(CallStyle style, bool streaming) => style switch
    {
        CallStyle.PromptFunction or CallStyle.AutoFunctionCall => $"InvokePrompt{(streaming ? "Streaming" : "")}Async",
        CallStyle.PluginFunction => "desk-ask",
        CallStyle.AskingFunction or CallStyle.NativeFunction => "native-answer",
        _ => null,
    };

    public static void Register(IServiceCollection services, Wiring wiring, string answer) => Register(
        services,
        wiring,
        new FakeChatClient(answer) { CallsTool = "clock_now" },
        new FakeChatCompletionService(answer));

    public static void Register(IServiceCollection services, Wiring wiring, IChatClient client, IChatCompletionService native)
    {
        if (wiring == Wiring.NativeService)
        {
            services.AddSingleton(native);
            return;
        }

        ChatClientBuilder pipeline = services.AddChatClient(_ => new ModelSlot(client, "release-1"));
        if (wiring == Wiring.CapturedOutsideToo)
        {
            pipeline.Use((inner, provider) => new SafetyCaptureChatClient(inner, provider.GetRequiredService<InteractionRecorder>()));
        }

        pipeline.UseKernelFunctionInvocation().UseSafetyCapture();
        services.AddSingleton(provider => provider.GetRequiredService<IChatClient>().AsChatCompletionService(provider));
        if (wiring == Wiring.AddedTwice)
        {
            pipeline.UseSafetyCapture();
            services.AddUnlearning(TestApp.Configure());
            services.AddUnlearning(TestApp.Configure());
        }
        else if (wiring == Wiring.BothDecorated)
        {
            services.DecorateModelServices();
        }
    }

    /// <summary>Calls the model.</summary>
    /// <param name="app">The app, wired by <see cref="Register(IServiceCollection, Wiring, string)"/>.</param>
    /// <param name="style">How.</param>
    /// <param name="streaming">Whether the answer is streamed.</param>
    /// <param name="prompt">What is asked.</param>
    /// <param name="answer">What a function answers in which no model runs.</param>
    public static async Task<Received> CallAsync(TestApp app, CallStyle style, bool streaming, string prompt, string answer = "")
    {
        using CaptureContext context = CaptureContext.Begin("user-7", new Dictionary<string, string> { ["workload"] = "helpdesk" });
        Kernel kernel = app.Kernel;
        kernel.ImportPluginFromFunctions("clock", [KernelFunctionFactory.CreateFromMethod(() => "noon", "now")]);
        KernelFunction ask = kernel.ImportPluginFromFunctions(
            "desk", [KernelFunctionFactory.CreateFromPrompt("{{$question}}", functionName: "ask")])["ask"];
        KernelFunction function = KernelFunctionFactory.CreateFromMethod(MethodOf(style, streaming, app, answer), "answer");
        function = kernel.ImportPluginFromFunctions("native", [function])["answer"];
        PromptExecutionSettings tools = new() { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };
        ChatHistory history = new("You help.");
        history.AddUserMessage(prompt);
        ChatMessage[] parts = [new(ChatRole.User, [new TextContent(prompt[..5]), new TextContent(prompt[5..])])];
        return (style, streaming) switch
        {
            (CallStyle.PromptFunction, false) => Read(await kernel.InvokePromptAsync(prompt)),
            (CallStyle.PromptFunction, true) => await ReadAsync(kernel.InvokePromptStreamingAsync<StreamingKernelContent>(prompt)),
            (CallStyle.PluginFunction, false) => Read(await kernel.InvokeAsync(ask, new() { ["question"] = prompt })),
            (CallStyle.PluginFunction, true) =>
                await ReadAsync(kernel.InvokeStreamingAsync<StreamingKernelContent>(ask, new() { ["question"] = prompt })),
            (CallStyle.AutoFunctionCall, false) => Read(await kernel.InvokePromptAsync(prompt, new(tools))),
            (CallStyle.AutoFunctionCall, true) =>
                await ReadAsync(kernel.InvokePromptStreamingAsync<StreamingKernelContent>(prompt, new(tools))),
            (CallStyle.ChatCompletion, false) => Read(await app.ChatCompletion.GetChatMessageContentAsync(prompt, kernel: kernel)),
            (CallStyle.ChatCompletion, true) => await ReadAsync(app.ChatCompletion.GetStreamingChatMessageContentsAsync(prompt)),
            (CallStyle.ChatWithTools, false) => Read((await app.ChatCompletion.GetChatMessageContentsAsync(history, tools, kernel))[0]),
            (CallStyle.ChatWithTools, true) => await ReadAsync(app.ChatCompletion.GetStreamingChatMessageContentsAsync(history, tools, kernel)),
            (CallStyle.Agent, false) => Read((await AgentOf(app).RunAsync(prompt)).AsChatResponse()),
            (CallStyle.Agent, true) => await ReadAsync(AgentOf(app).RunStreamingAsync(prompt).AsChatResponseUpdatesAsync()),
            (CallStyle.AskingFunction or CallStyle.NativeFunction, false) => Read(await kernel.InvokeAsync(function, new() { ["question"] = prompt })),
            (CallStyle.AskingFunction or CallStyle.NativeFunction, true) =>
                await ReadAsync(kernel.InvokeStreamingAsync<StreamingKernelContent>(function, new() { ["question"] = prompt })),
            (CallStyle.ChatClient, false) => Read(await app.ChatClient.GetResponseAsync(prompt)),
            (CallStyle.ChatClient, true) => await ReadAsync(app.ChatClient.GetStreamingResponseAsync(prompt)),
            (_, false) => Read(await app.ChatClient.GetResponseAsync(parts)),
            (_, true) => await ReadAsync(app.ChatClient.GetStreamingResponseAsync(parts)),
        };
    }

    private static ChatClientAgent AgentOf(TestApp app) => new(app.ChatClient, "You help.", tools: [AIFunctionFactory.Create(() => "noon", "clock_now")]);

    private static Delegate MethodOf(CallStyle style, bool streaming, TestApp app, string answer) => (style, streaming) switch
    {
        (CallStyle.AskingFunction, false) => (string question) => app.ChatCompletion.GetChatMessageContentAsync(question),
        (CallStyle.AskingFunction, true) => (string question) => app.ChatCompletion.GetStreamingChatMessageContentsAsync(question),
        (_, false) => (string question) => answer,
        (_, true) => (string question) => Words(answer),
    };

    private static async IAsyncEnumerable<StreamingTextContent> Words(string answer)
    {
        foreach (string piece in answer.Chunk(7).Select(piece => new string(piece)))
        {
            await Task.Yield();
            yield return new StreamingTextContent(piece);
        }
    }

    private static Received Read(FunctionResult result) => result.GetValue<object>() switch
    {
        ChatResponse response => Read(response) with { Text = result.ToString() },
        ChatMessageContent message => Read(message) with { Text = result.ToString() },
        _ => new Received(result.ToString(), new Dictionary<string, object?>(), null),
    };

    private static Received Read(ChatResponse response) =>
        new(response.Text, response.AdditionalProperties?.ToDictionary() ?? [], response.FinishReason?.Value);

    private static Received Read(ChatMessageContent message) =>
        new(message.Content ?? "", message.Metadata ?? new Dictionary<string, object?>(), message.Metadata?.GetValueOrDefault("FinishReason") as string);

    private static async Task<Received> ReadAsync(IAsyncEnumerable<ChatResponseUpdate> updates) => Read(await updates.ToChatResponseAsync());

    private static async Task<Received> ReadAsync(IAsyncEnumerable<StreamingKernelContent> pieces)
    {
        StringBuilder text = new();
        Dictionary<string, object?> properties = [];
        await foreach (StreamingKernelContent piece in pieces)
        {
            text.Append(piece);
            foreach ((string key, object? value) in piece.Metadata ?? new Dictionary<string, object?>())
            {
                properties[key] = value;
            }
        }

        return new Received(text.ToString(), properties, properties.GetValueOrDefault("FinishReason") as string);
    }
}
