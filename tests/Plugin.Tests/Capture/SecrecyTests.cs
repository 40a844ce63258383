using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Capture;

public sealed class SecrecyTests
{
    private const string Asked = "canary-of-the-prompt";
    private const string Said = "canary-of-the-answer";
    private const string Who = "canary-of-the-subject";

    [Fact]
    public async Task Nothing_that_was_said_is_logged_below_trace()
    {
        using TestApp app = new(services =>
        {
            services.AddChatClient(new FakeChatClient($"Sure, here is {Said} in several words.")).UseKernelFunctionInvocation().UseSafetyCapture();
            services.AddKeyedSingleton<IChatCompletionService>("native", new FakeChatCompletionService($"Sure, here is {Said} in several words."));
        });
        foreach (bool failing in new[] { false, true })
        {
            app.Sink.OnReport = failing ? _ => throw new InvalidOperationException($"{Asked} {Said}") : _ => Task.CompletedTask;
            using CaptureContext context = CaptureContext.Begin(Who);
            string prompt = $"forbidden {Asked}";
            await app.Kernel.InvokePromptAsync(prompt);
            await foreach (string _ in app.Kernel.InvokePromptStreamingAsync<string>(prompt))
            {
            }

            await app.ChatClient.GetResponseAsync(prompt);
            await app.Services.GetRequiredKeyedService<IChatCompletionService>("native").GetChatMessageContentAsync(prompt);
        }

        FakeLogRecord[] records = [.. app.Logs.GetSnapshot().Where(record => record.Level > LogLevel.Trace)];
        Assert.Equal(4, records.Count(record => record.Id.Name == "SinkFailed"));
        Assert.Equal(8, records.Count(record => record.Id.Name == "InteractionFlagged"));
        Assert.All(records, record => Assert.DoesNotContain("canary", $"{record.Message} {record.Exception}", StringComparison.Ordinal));
        Assert.All(records, record => Assert.All(
            record.StructuredState ?? [], value => Assert.DoesNotContain("canary", value.Value ?? "", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_interaction_prints_its_id_alone()
    {
        Interaction interaction = new() { Id = "7", Prompt = Asked, Answer = Said, Subject = Who };
        IncidentReport report = new() { Interaction = interaction, Matches = [], PolicyRevision = "r" };

        Assert.Equal("interaction 7", interaction.ToString());
        Assert.DoesNotContain("canary", report.ToString(), StringComparison.Ordinal);
    }
}
