using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Unlearning.Plugin;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Feedback;

namespace Unlearning.Host.Tests.Privacy;

/// <summary>An app elsewhere that reports to a Host by HTTP, asks its own model in every way, and is asked by people who say too much.</summary>
internal sealed class CanaryApp : IDisposable
{
    private readonly IHost _app;

    public CanaryApp(Uri host, string spool, string policies, string answer, Action<ILoggingBuilder> logging)
    {
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Unlearning:Policies:Directory"] = policies,
            ["Unlearning:Capture:WaitForAcknowledgement"] = "true",
            ["Unlearning:Host:Url"] = host.ToString(),
            ["Unlearning:Host:ApiKey"] = CanaryTransportTests.ApiKey,
            ["Unlearning:Host:Spool"] = spool,
            ["Unlearning:Host:FirstRetryDelay"] = "00:00:00.050",
            ["Unlearning:Host:LongestRetryDelay"] = "00:00:00.200",
            ["Unlearning:Host:FlushTimeout"] = "00:01:00",
        });
        logging(builder.Logging.ClearProviders());
        builder.Services.AddUnlearning(builder.Configuration);
        builder.Services.AddChatClient(new CanaryModel(answer)).UseKernelFunctionInvocation().UseSafetyCapture();
        builder.Services.AddSingleton(services => services.GetRequiredService<IChatClient>().AsChatCompletionService(services));
        builder.Services.AddKernel();
        _app = builder.Build();
    }

    public IServiceProvider Services => _app.Services;

    public Task StartAsync() => _app.StartAsync();

    public Task StopAsync() => _app.StopAsync();

    public void Dispose() => _app.Dispose();

    /// <summary>Asks in every style, whole, streamed, failing, cancelled and abandoned, with a tool that says <paramref name="said"/>, and rates an answer.</summary>
    public async Task SayAsync(string asked, string said, string subject)
    {
        using CaptureContext context = CaptureContext.Begin(subject, new Dictionary<string, string> { ["contact"] = said });
        Kernel kernel = Services.GetRequiredService<Kernel>();
        IChatClient client = Services.GetRequiredService<IChatClient>();
        IChatCompletionService completion = Services.GetRequiredService<IChatCompletionService>();
        Kernel tools = kernel.Clone();
        tools.ImportPluginFromFunctions("notes", [KernelFunctionFactory.CreateFromMethod((string about) => $"{about} forbidden {said}", "read")]);
        KernelFunction native = KernelFunctionFactory.CreateFromMethod((string question) => said, "oracle");
        foreach (string prompt in new[] { asked, $"{asked} {CanaryModel.Fail}" })
        {
            await SurviveAsync(async () => await kernel.InvokePromptAsync(prompt));
            await SurviveAsync(() => DrainAsync(kernel.InvokePromptStreamingAsync<string>(prompt)));
            await SurviveAsync(async () => await kernel.InvokeAsync(native, new() { ["question"] = prompt }));
            await SurviveAsync(async () => await client.GetResponseAsync([new ChatMessage(ChatRole.System, said), new ChatMessage(ChatRole.User, prompt)]));
            await SurviveAsync(() => DrainAsync(client.GetStreamingResponseAsync(prompt)));
            await SurviveAsync(async () => await completion.GetChatMessageContentAsync(prompt));
            await SurviveAsync(async () => await tools.InvokePromptAsync(prompt, new(new PromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() })));
        }

        await SurviveAsync(() => CancelAsync(client, asked));
        await SurviveAsync(() => AbandonAsync(client, asked));
        await Services.GetRequiredService<FeedbackSender>().SendAsync(new AnswerFeedback
        {
            Rating = UserRating.Down,
            ResponseId = $"{subject}: {asked}"[..Math.Min(200, $"{subject}: {asked}".Length)],
            Prompt = asked,
            Answer = said,
            Reason = said,
            Subject = subject,
        });
    }

    private static async Task CancelAsync(IChatClient client, string prompt)
    {
        using CancellationTokenSource cancel = new();
        await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync(prompt, cancellationToken: cancel.Token))
        {
            await cancel.CancelAsync();
            cancel.Token.ThrowIfCancellationRequested();
        }
    }

    private static async Task AbandonAsync(IChatClient client, string prompt)
    {
        int pieces = 0;
        await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync(prompt))
        {
            if (++pieces > 8)
            {
                break;
            }
        }
    }

    // What fails is the app's own to handle.
    private static async Task SurviveAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (Exception failure) when (failure is InvalidOperationException or KernelException or OperationCanceledException)
        {
        }
    }

    private static async Task DrainAsync<T>(IAsyncEnumerable<T> stream)
    {
        await foreach (T _ in stream)
        {
        }
    }
}
