using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Capture;

public sealed class UnfinishedCallTests
{
    private const string Prompt = "the forbidden thing";

    [Fact]
    public async Task An_abandoned_stream_is_recorded_as_far_as_it_came()
    {
        using TestApp app = AppWith(new FakeChatClient("one two three four five six"));

        await foreach (ChatResponseUpdate update in app.ChatClient.GetStreamingResponseAsync(Prompt))
        {
            if (update.Text == " two")
            {
                break;
            }
        }

        Interaction interaction = Assert.Single(app.Sink.Reports).Interaction;
        Assert.Equal("one two", interaction.Answer);
        Assert.False(interaction.Complete);
    }

    [Fact]
    public async Task An_abandoned_stream_of_a_kernel_function_is_recorded_too()
    {
        using TestApp app = AppWith(new FakeChatClient("one two three four five six"));

        await foreach (string _ in app.Kernel.InvokePromptStreamingAsync<string>(Prompt))
        {
            break;
        }

        Interaction interaction = Assert.Single(app.Sink.Reports).Interaction;
        Assert.Equal("one", interaction.Answer);
        Assert.False(interaction.Complete);
        Assert.NotNull(interaction.Function);
    }

    [Fact]
    public async Task An_abandoned_stream_of_a_native_service_is_recorded_too()
    {
        using TestApp app = new(services => services.AddSingleton<IChatCompletionService>(new FakeChatCompletionService("one two three")));

        await foreach (StreamingChatMessageContent _ in app.ChatCompletion.GetStreamingChatMessageContentsAsync(Prompt))
        {
            break;
        }

        Interaction interaction = Assert.Single(app.Sink.Reports).Interaction;
        Assert.Equal("one", interaction.Answer);
        Assert.False(interaction.Complete);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_failing_model_fails_for_the_caller_as_before_and_is_recorded(bool streaming)
    {
        FakeChatClient model = new("one two three")
        {
            BeforeWord = word => word == 2 ? throw new InvalidOperationException("out of memory") : Task.CompletedTask,
        };
        using TestApp app = AppWith(model);

        InvalidOperationException failure = await Assert.ThrowsAsync<InvalidOperationException>(() => CallAsync(app, streaming));

        Assert.Equal("out of memory", failure.Message);
        Interaction interaction = Assert.Single(app.Sink.Reports).Interaction;
        Assert.False(interaction.Complete);
        Assert.Equal(streaming ? "one two" : "", interaction.Answer);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cancelled_call_is_recorded(bool streaming)
    {
        using CancellationTokenSource cancellation = new();
        FakeChatClient model = new("one two three")
        {
            BeforeWord = async word =>
            {
                if (word == 1)
                {
                    await cancellation.CancelAsync();
                }
            },
        };
        using TestApp app = AppWith(model);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CallAsync(app, streaming, cancellation.Token));

        Assert.False(Assert.Single(app.Sink.Reports).Interaction.Complete);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Under_a_policy_that_refuses_a_failing_model_fails_as_before_and_nothing_unjudged_goes_out(bool cancelled)
    {
        using CancellationTokenSource cancellation = new();
        FakeChatClient model = new("one two kaboom four")
        {
            BeforeWord = word => word != 3 ? Task.CompletedTask : cancelled ? cancellation.CancelAsync() : throw new InvalidOperationException("out of memory"),
        };
        using TestApp app = new(services =>
        {
            services.AddSingleton<IPolicySource>(FixedPolicies.OnAnswer("refuse"));
            services.AddChatClient(model).UseSafetyCapture();
        });
        string received = "";

        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await foreach (ChatResponseUpdate update in app.ChatClient.GetStreamingResponseAsync(Prompt, cancellationToken: cancellation.Token))
            {
                received += update.Text;
            }
        });

        Assert.Empty(received);
        Interaction interaction = Assert.Single(app.Sink.Reports).Interaction;
        Assert.Equal("one two kaboom", interaction.Answer);
        Assert.False(interaction.Complete);
        Assert.False(interaction.Refused);
    }

    [Fact]
    public async Task A_caller_that_stops_at_the_refusal_leaves_an_incident_as_far_as_the_model_came()
    {
        using TestApp app = new(services =>
        {
            services.AddSingleton<IPolicySource>(FixedPolicies.OnAnswer("refuse, hold_back: 4"));
            services.AddChatClient(new FakeChatClient("kaboom and then much more")).UseSafetyCapture();
        });

        await foreach (ChatResponseUpdate update in app.ChatClient.GetStreamingResponseAsync(Prompt))
        {
            Assert.Equal("I would rather not.", update.Text);
            break;
        }

        Interaction interaction = Assert.Single(app.Sink.Reports).Interaction;
        Assert.Equal("kaboom and", interaction.Answer);
        Assert.True(interaction.Refused);
        Assert.False(interaction.Complete);
    }

    private static TestApp AppWith(FakeChatClient model) => new(services => services.AddChatClient(model).UseSafetyCapture());

    private static async Task CallAsync(TestApp app, bool streaming, CancellationToken cancellationToken = default)
    {
        if (streaming)
        {
            await foreach (ChatResponseUpdate _ in app.ChatClient.GetStreamingResponseAsync(Prompt, cancellationToken: cancellationToken))
            {
            }
        }
        else
        {
            await app.ChatClient.GetResponseAsync(Prompt, cancellationToken: cancellationToken);
        }
    }
}
