using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Tests.Doubles;
using FunctionCallContent = Microsoft.Extensions.AI.FunctionCallContent;
using TextContent = Microsoft.Extensions.AI.TextContent;

namespace Unlearning.Plugin.Tests.Capture;

public sealed class ChoicesAndPartsTests
{
    private const string Refusal = "I would rather not.";
    private const string Good = "A harmless choice, with nothing in it.";
    private const string Bad = "A choice that says kaboom and then goes on.";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Only_the_choice_that_matches_is_refused_and_it_alone_is_the_incident(bool streaming)
    {
        using TestApp app = NativeApp("refuse", Good, Bad, Good);

        (string Text, IReadOnlyDictionary<string, object?> Metadata)[] choices = await AskNativeAsync(app, streaming);

        Assert.Equal([Good, Refusal, Good], choices.Select(choice => choice.Text));
        Assert.Equal([null, "refuse", null], choices.Select(choice => choice.Metadata.GetValueOrDefault(EnforcementKeys.Action)));
        Assert.Equal([null, "content_filter", null], choices.Select(choice => choice.Metadata.GetValueOrDefault("FinishReason")));
        Assert.All(choices, choice => Assert.Equal(7, choice.Metadata["Usage"]));
        IncidentReport report = Assert.Single(app.Sink.Reports);
        Assert.Equal(Bad, report.Interaction.Answer);
        Assert.True(Assert.Single(report.Matches).AnswerMatched);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Only_the_choice_that_matches_is_marked(bool streaming)
    {
        using TestApp app = NativeApp("warn", Good, Bad);

        (string Text, IReadOnlyDictionary<string, object?> Metadata)[] choices = await AskNativeAsync(app, streaming);

        Assert.Equal([Good, Bad], choices.Select(choice => choice.Text));
        Assert.Equal([null, "warn"], choices.Select(choice => choice.Metadata.GetValueOrDefault(EnforcementKeys.Action)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Usage_tool_calls_and_properties_survive_a_refusal(bool streaming)
    {
        ChatResponseUpdate[] updates =
        [
            Update(new TextContent("Now comes kaboom. ")),
            Update(new FunctionCallContent("call-1", "now")),
            Update(new TextContent("And more kaboom.")),
            Update(new UsageContent(new UsageDetails { OutputTokenCount = 9 })),
        ];
        updates[^1].FinishReason = ChatFinishReason.Stop;
        using TestApp app = App("refuse, hold_back: 10", new PiecewiseChatClient(updates));

        ChatResponse response = await (streaming
            ? app.ChatClient.GetStreamingResponseAsync("hello").ToChatResponseAsync()
            : app.ChatClient.GetResponseAsync("hello"));

        Assert.Equal(Refusal, response.Text);
        Assert.Equal(ChatFinishReason.ContentFilter, response.FinishReason);
        Assert.Equal(9, response.Usage!.OutputTokenCount);
        Assert.Equal("release-1", response.Messages[^1].AdditionalProperties!["unlearning.release"]);
        Assert.Equal("refuse", response.Messages[^1].AdditionalProperties![EnforcementKeys.Action]);
        Assert.Equal("r1", response.ResponseId);
        Assert.Single(response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>());
        Interaction interaction = Assert.Single(app.Sink.Reports).Interaction;
        Assert.Equal("Now comes kaboom. And more kaboom.", interaction.Answer);
        Assert.Equal("release-1", interaction.ReleaseId);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Harm_in_the_reasoning_is_refused_and_recorded(bool streaming)
    {
        using TestApp app = App("refuse", new PiecewiseChatClient([
            Update(new TextReasoningContent("I think of ka")), Update(new TextReasoningContent("boom.")), Update(new TextContent("Good day."))]));

        ChatResponse response = await (streaming
            ? app.ChatClient.GetStreamingResponseAsync("hello").ToChatResponseAsync()
            : app.ChatClient.GetResponseAsync("hello"));

        Assert.Equal(Refusal, response.Text);
        Assert.Empty(response.Messages.SelectMany(message => message.Contents).OfType<TextReasoningContent>());
        Assert.Equal("I think of kaboom.", Assert.Single(app.Sink.Reports).Interaction.Answer);
    }

    [Fact]
    public async Task The_text_of_an_attached_file_is_part_of_the_prompt()
    {
        using TestApp app = new(services => services.AddChatClient(new FakeChatClient("one two three")).UseSafetyCapture());
        ChatMessage message = new(
            ChatRole.User, [new TextContent("Read this."), new DataContent("about the forbidden thing"u8.ToArray(), "text/plain")]);

        await app.ChatClient.GetResponseAsync(message);

        Assert.Equal("Read this.\nabout the forbidden thing", Assert.Single(app.Sink.Reports).Interaction.Prompt);
    }

    private static ChatResponseUpdate Update(AIContent content) => new(ChatRole.Assistant, [content])
    {
        ResponseId = "r1",
        MessageId = "m1",
        AdditionalProperties = new AdditionalPropertiesDictionary { ["unlearning.release"] = "release-1" },
    };

    private static TestApp App(string mode, IChatClient model) => new(services =>
    {
        services.AddSingleton<IPolicySource>(FixedPolicies.OnAnswer(mode));
        services.AddChatClient(model).UseSafetyCapture();
    });

    private static TestApp NativeApp(string mode, params string[] choices) => new(services =>
    {
        services.AddSingleton<IPolicySource>(FixedPolicies.OnAnswer(mode));
        services.AddSingleton<IChatCompletionService>(new ChoicesChatCompletionService(choices));
    });

    private static async Task<(string Text, IReadOnlyDictionary<string, object?> Metadata)[]> AskNativeAsync(TestApp app, bool streaming)
    {
        ChatHistory history = new();
        history.AddUserMessage("hello");
        if (!streaming)
        {
            return [.. (await app.ChatCompletion.GetChatMessageContentsAsync(history)).Select(choice =>
                (string.Concat(choice.Items.OfType<Microsoft.SemanticKernel.TextContent>().Select(part => part.Text)), choice.Metadata!))];
        }

        return
        [
            .. app.ChatCompletion.GetStreamingChatMessageContentsAsync(history).ToBlockingEnumerable()
                .GroupBy(piece => piece.ChoiceIndex).OrderBy(choice => choice.Key)
                .Select(choice => (
                    string.Concat(choice.SelectMany(piece => piece.Items.OfType<StreamingTextContent>()).Select(part => part.Text)),
                    choice.Last().Metadata!)),
        ];
    }
}
