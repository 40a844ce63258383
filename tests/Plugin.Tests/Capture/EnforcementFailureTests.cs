using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.SemanticKernel.ChatCompletion;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Detectors;
using Unlearning.Plugin.Policies.Documents;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Capture;

public sealed class EnforcementFailureTests
{
    private const string Prompt = "a canary asks";
    private const string Answer = "a canary answers at some length, in more than a few words of text";
    private const string Refusal = "I would rather not.";

    public static TheoryData<bool, bool, bool, bool> Cases()
    {
        TheoryData<bool, bool, bool, bool> data = [];
        foreach (int bits in Enumerable.Range(0, 16))
        {
            data.Add((bits & 1) > 0, (bits & 2) > 0, (bits & 4) > 0, (bits & 8) > 0);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_detector_that_fails_lets_pass_or_refuses_as_its_policy_says(bool closed, bool onPrompt, bool streaming, bool native)
    {
        FakeChatClient model = new(Answer);
        using TestApp app = new(services =>
        {
            services.AddSingleton<IMeterFactory, TestMeterFactory>();
            services.AddSingleton<IPolicySource>(new FixedPolicies(Failing(closed, onPrompt)));
            services.AddChatClient(model).UseSafetyCapture();
            services.AddSingleton<IChatCompletionService>(new FakeChatCompletionService(Answer));
        });
        using MetricCollector<long> failures = new(
            app.Services.GetRequiredService<IMeterFactory>(), CaptureMetrics.MeterName, "unlearning.capture.failures");

        string received = await AskAsync(app, streaming, native);

        Assert.Equal(closed ? Refusal : Answer, received);
        Assert.Equal(native || (closed && onPrompt) ? 0 : 1, model.Requests.Count);
        CollectedMeasurement<long> failure = Assert.Single(
            failures.GetMeasurementSnapshot(), one => (string?)one.Tags["unlearning.stage"] == "enforce");
        Assert.Equal(closed ? "refuse" : "allow", failure.Tags["unlearning.on_error"]);
        Assert.Equal("made-by-hand", failure.Tags[EnforcementKeys.Policy]);
        FakeLogRecord[] records = [.. app.Logs.GetSnapshot().Where(record => record.Level > LogLevel.Trace)];
        Assert.Single(records, record => record.Id.Name == "EnforcementFailed");
        Assert.All(records, record => Assert.DoesNotContain("canary", $"{record.Message} {record.Exception}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_policy_that_fails_does_not_keep_another_from_being_recorded()
    {
        PolicySet policies = new([.. Failing(closed: false, onPrompt: true).Policies, .. new TestPolicies().Current.Policies], "revision-1");
        using TestApp app = new(services =>
        {
            services.AddSingleton<IPolicySource>(new FixedPolicies(policies));
            services.AddChatClient(new FakeChatClient(Answer)).UseSafetyCapture();
        });

        await app.ChatClient.GetResponseAsync("the forbidden thing");

        Assert.Equal("forbidden-things", Assert.Single(Assert.Single(app.Sink.Reports).Matches).Policy);
    }

    private static async Task<string> AskAsync(TestApp app, bool streaming, bool native) => (native, streaming) switch
    {
        (false, false) => (await app.ChatClient.GetResponseAsync(Prompt)).Text,
        (false, true) => (await app.ChatClient.GetStreamingResponseAsync(Prompt).ToChatResponseAsync()).Text,
        (true, false) => (await app.ChatCompletion.GetChatMessageContentAsync(Prompt)).Content!,
        (true, true) => string.Concat(
            app.ChatCompletion.GetStreamingChatMessageContentsAsync(Prompt).ToBlockingEnumerable().Select(piece => piece.Content)),
    };

    private static PolicySet Failing(bool closed, bool onPrompt) =>
        FixedPolicies.Of(new FailingDetector(), onPrompt, new EnforcementSpec("refuse", closed ? "refuse" : "allow"));

    private sealed class FailingDetector : TextDetector
    {
        public override bool Fires(JudgedText text) =>
            throw new RegexMatchTimeoutException(text.Normalized, ".*", TimeSpan.FromSeconds(1));
    }
}
