using Microsoft.Extensions.AI;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Capture;

public sealed class EveryCallStyleTests
{
    private const string Prompt = "Tell me about the forbidden thing";
    private const string Answer = "Sure, here is all about the thing you asked for.";

    public static TheoryData<CallStyle, Wiring, bool> Styles() => CallStyles.All();

    [Theory]
    [MemberData(nameof(Styles))]
    public async Task Every_call_style_gives_the_same_incident_once(CallStyle style, Wiring wiring, bool streaming)
    {
        using TestApp app = new(services => CallStyles.Register(services, wiring, Answer));

        string received = (await CallStyles.CallAsync(app, style, streaming, Prompt, Answer)).Text;

        Assert.Equal(Answer, received);
        IncidentReport incident = Assert.Single(app.Sink.Reports);
        Interaction interaction = incident.Interaction;
        Assert.Equal(Prompt, interaction.Prompt);
        Assert.Equal(Answer, interaction.Answer);
        Assert.Equal(streaming, interaction.Streaming);
        Assert.True(interaction.Complete);
        Assert.False(interaction.Refused);
        Assert.Equal(CallStyles.FunctionOf(style, streaming), interaction.Function);
        if (CallStyles.HasModel(style))
        {
            Assert.Equal("fake-model", interaction.ModelId);
            Assert.Equal(Prompt, interaction.Messages.Last(message => message.Role == ChatRole.User).Text);
            Assert.Equal(wiring == Wiring.NativeService ? null : "release-1", interaction.ReleaseId);
        }

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
        const string Refusal = "I'm sorry, but I can't help with that, whatever the reason.";
        using TestApp app = new(services => CallStyles.Register(services, wiring, Refusal));

        await CallStyles.CallAsync(app, style, streaming, Prompt, Refusal);

        PolicyMatch match = Assert.Single(Assert.Single(app.Sink.Reports).Matches);
        Assert.True(match.PromptMatched);
        Assert.False(match.AnswerMatched);
        Assert.False(match.AutoAccept);
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public async Task An_ordinary_exchange_is_not_reported(CallStyle style, Wiring wiring, bool streaming)
    {
        using TestApp app = new(services => CallStyles.Register(services, wiring, Answer));

        await CallStyles.CallAsync(app, style, streaming, "Tell me about the allowed thing", Answer);

        Assert.Empty(app.Sink.Reports);
    }
}
