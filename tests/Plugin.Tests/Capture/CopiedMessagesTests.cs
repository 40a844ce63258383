using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Capture;

public sealed class CopiedMessagesTests
{
    [Fact]
    public async Task What_was_asked_is_recorded_even_if_the_caller_changes_it_during_the_call()
    {
        List<ChatMessage> history = [new(ChatRole.System, "Be brief."), new(ChatRole.User, "the forbidden thing")];
        FakeChatClient model = new("one two three")
        {
            BeforeWord = _ =>
            {
                history.ForEach(message => message.Contents.Clear());
                history.Clear();
                return Task.CompletedTask;
            },
        };
        using TestApp app = new(services => services.AddChatClient(model).UseSafetyCapture());

        await app.ChatClient.GetResponseAsync(history);

        Interaction interaction = Assert.Single(app.Sink.Reports).Interaction;
        Assert.Equal("the forbidden thing", interaction.Prompt);
        Assert.Equal(["Be brief.", "the forbidden thing"], interaction.Messages.Select(message => message.Text));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_that_can_be_read_only_once_reach_the_model(bool streaming)
    {
        FakeChatClient model = new("one two three");
        using TestApp app = new(services => services.AddChatClient(model).UseSafetyCapture());
        Queue<ChatMessage> queue = new([new ChatMessage(ChatRole.User, "the forbidden thing")]);

        await (streaming
            ? app.ChatClient.GetStreamingResponseAsync(Once(queue)).ToChatResponseAsync()
            : app.ChatClient.GetResponseAsync(Once(queue)));

        Assert.Equal("the forbidden thing", Assert.Single(Assert.Single(model.Requests)).Text);
        Assert.Single(app.Sink.Reports);
    }

    private static IEnumerable<ChatMessage> Once(Queue<ChatMessage> queue)
    {
        while (queue.TryDequeue(out ChatMessage? message))
        {
            yield return message;
        }
    }
}
