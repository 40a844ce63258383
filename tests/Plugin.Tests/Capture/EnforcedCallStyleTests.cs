using Microsoft.Extensions.DependencyInjection;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Capture;

public sealed class EnforcedCallStyleTests
{
    private const string Prompt = "Tell me about the forbidden thing";
    private const string Refusal = "I would rather not.";

    // Long enough for some of it to go out before the harm comes.
    private const string Opening = "This is a long and harmless opening, of which a good part has gone out before the harm begins.";
    private const string Harm = "Mix the kaboom powder now.";
    private const string Answer = $"{Opening} {Harm} And so it goes on.";

    public static TheoryData<CallStyle, Wiring, bool> Styles() => CallStyles.OfModels();

    [Theory]
    [MemberData(nameof(Styles))]
    public async Task A_warning_marks_the_answer_and_changes_nothing_else(CallStyle style, Wiring wiring, bool streaming)
    {
        using TestApp app = AppWith(wiring, FixedPolicies.OnPrompt("warn"));

        Received received = await CallStyles.CallAsync(app, style, streaming, Prompt);

        Assert.Equal(Answer, received.Text);
        Assert.Equal("forbidden-things", received.Properties[EnforcementKeys.Policy]);
        Assert.Equal(2, received.Properties[EnforcementKeys.Severity]);
        Assert.Equal("warn", received.Properties[EnforcementKeys.Action]);
        AssertIncident(app, Answer, refused: false);
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public async Task A_refused_prompt_never_reaches_the_model(CallStyle style, Wiring wiring, bool streaming)
    {
        FakeChatClient client = new(Answer) { CallsTool = "clock_now" };
        FakeChatCompletionService native = new(Answer);
        using TestApp app = new(services =>
        {
            services.AddSingleton<IPolicySource>(FixedPolicies.OnPrompt("refuse"));
            CallStyles.Register(services, wiring, client, native);
        });

        Received received = await CallStyles.CallAsync(app, style, streaming, Prompt);

        Assert.Empty(client.Requests);
        Assert.Equal(0, native.Calls);
        Assert.Equal(Refusal, received.Text);
        AssertRefused(received, style, wiring);
        AssertIncident(app, "", refused: true);
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public async Task A_refused_answer_is_replaced_and_recorded_as_it_was(CallStyle style, Wiring wiring, bool streaming)
    {
        using TestApp app = AppWith(wiring, FixedPolicies.OnAnswer("refuse, hold_back: 30"));

        Received received = await CallStyles.CallAsync(app, style, streaming, Prompt);

        if (streaming)
        {
            Assert.EndsWith($"\n\n{Refusal}", received.Text, StringComparison.Ordinal);
            Assert.StartsWith(received.Text[..^(Refusal.Length + 2)], Opening, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(Refusal, received.Text);
        }

        AssertRefused(received, style, wiring);
        AssertIncident(app, Answer, refused: true);
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public async Task A_harmless_answer_passes_as_it_is(CallStyle style, Wiring wiring, bool streaming)
    {
        using TestApp app = new(services =>
        {
            services.AddSingleton<IPolicySource>(FixedPolicies.OnAnswer("refuse, hold_back: 30"));
            CallStyles.Register(services, wiring, Opening);
        });

        Received received = await CallStyles.CallAsync(app, style, streaming, Prompt);

        Assert.Equal(Opening, received.Text);
        Assert.DoesNotContain(EnforcementKeys.Policy, received.Properties.Keys);
        Assert.Empty(app.Sink.Reports);
    }

    private static TestApp AppWith(Wiring wiring, IPolicySource policies) => new(services =>
    {
        services.AddSingleton(policies);
        CallStyles.Register(services, wiring, Answer);
    });

    private static void AssertIncident(TestApp app, string answer, bool refused)
    {
        Interaction interaction = Assert.Single(app.Sink.Reports).Interaction;
        Assert.Equal(Prompt, interaction.Prompt);
        Assert.Equal(answer, interaction.Answer);
        Assert.Equal(refused, interaction.Refused);
        Assert.True(interaction.Complete);
    }

    private static void AssertRefused(Received received, CallStyle style, Wiring wiring)
    {
        Assert.Equal("refuse", received.Properties[EnforcementKeys.Action]);
        Assert.Equal("forbidden-things", received.Properties[EnforcementKeys.Policy]);

        // The kernel's bridge from a chat client to a chat completion service leaves the reason out.
        if (style is CallStyle.ChatClient or CallStyle.MultiPartMessage || wiring == Wiring.NativeService)
        {
            Assert.Equal("content_filter", received.FinishReason);
        }
    }
}
