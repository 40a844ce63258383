using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Loading;
using Unlearning.Plugin.Privacy;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Privacy;

public sealed class ReportScrubbingTests
{
    private const string Mail = "jane@example.org";
    private const string Capture = "enforcement: {mode: observe}\n  capture: {redact_names: [Jane Doe], retention_days: 30}";

    private static readonly PolicySet _policies =
        TestPolicies.Load(TestPolicies.Yaml.Replace("enforcement: {mode: observe}", Capture, StringComparison.Ordinal));

    [Fact]
    public void Every_text_of_a_report_is_scrubbed_once()
    {
        IncidentReport report = Scrub(new Interaction
        {
            Id = "7",
            Prompt = $"I am Jane Doe, {Mail}",
            Answer = $"Hello {Mail}",
            Messages =
            [
                new(ChatRole.System, $"for {Mail}"),
                new(ChatRole.User, [new TextContent("I am Jane D"), new TextContent("oe, jane@exa"), new TextContent("mple.org")]),
                new(ChatRole.Assistant, [new TextReasoningContent($"she is {Mail}"), new FunctionCallContent("1", "find", new Dictionary<string, object?> { ["who"] = Mail })]),
                new(ChatRole.Tool, [new FunctionResultContent("1", new { mail = Mail, name = "jane doe" })]),
                new(ChatRole.User, [new DataContent("data:text/plain;base64," + Convert.ToBase64String("mail jane@example.org"u8), "text/plain")]),
            ],
            ToolResults = [$"found {Mail}"],
            Tags = new Dictionary<string, string> { ["contact"] = Mail },
        });

        Interaction interaction = report.Interaction;
        Assert.Equal("I am [name], [email]", interaction.Prompt);
        Assert.Equal("Hello [email]", interaction.Answer);
        Assert.Equal(["found [email]"], interaction.ToolResults);
        Assert.Equal("[email]", interaction.Tags["contact"]);
        Assert.Equal("I am [name], [email]", interaction.Messages[1].Text);
        Assert.Contains("[name]", interaction.Messages[3].Contents.OfType<TextContent>().Single().Text, StringComparison.Ordinal);
        string json = JsonSerializer.Serialize(report, AIJsonUtilities.DefaultOptions);
        Assert.DoesNotContain("jane", json, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("amFuZUBleGFtcGxlLm9yZw", json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_reaches_its_sink_scrubbed_with_its_subject_hashed()
    {
        using TestApp app = new(services =>
        {
            services.AddSingleton<ISubjectHasher, ReversingHasher>();
            services.AddChatClient(new FakeChatClient($"Sure, write to {Mail} and then do the following five things.")).UseSafetyCapture();
        });
        using CaptureContext context = CaptureContext.Begin("user-7", new Dictionary<string, string> { ["reply-to"] = Mail });
        ChatResponse response = await app.ChatClient.GetResponseAsync($"forbidden {Mail}");

        Interaction reported = Assert.Single(app.Sink.Reports).Interaction;
        Assert.Contains(Mail, response.Text, StringComparison.Ordinal);
        Assert.Equal(("forbidden [email]", "7-resu"), (reported.Prompt, reported.Subject));
        Assert.DoesNotContain(Mail, JsonSerializer.Serialize(reported, AIJsonUtilities.DefaultOptions), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_scrubbed_is_not_handed_on()
    {
        using TestApp app = new(services =>
        {
            services.AddSingleton<ISubjectHasher, FailingHasher>();
            services.AddChatClient(new FakeChatClient("Sure.")).UseSafetyCapture();
        });
        using CaptureContext context = CaptureContext.Begin("user-7");
        await app.ChatClient.GetResponseAsync($"forbidden {Mail}");
        Assert.Empty(app.Sink.Reports);
        Assert.All(app.Logs.GetSnapshot(), record => Assert.DoesNotContain(Mail, $"{record.Message} {record.Exception}", StringComparison.Ordinal));
    }

    [Fact]
    public void A_policy_says_how_long_its_texts_are_kept() => Assert.Equal(30, Assert.Single(_policies.Policies).RetentionDays);

    [Theory]
    [InlineData("redact_names: [Jane Doe], retention_days: 30", "redact_names: ['--']", "no letter or digit")]
    [InlineData("retention_days: 30", "retention_days: 0", "test.yaml:")]
    public void A_capture_rule_that_cannot_be_meant_is_an_error(string written, string instead, string what)
    {
        string yaml = TestPolicies.Yaml.Replace("enforcement: {mode: observe}", Capture, StringComparison.Ordinal);
        (Policy? policy, IReadOnlyList<PolicyError> errors) = PolicyLoader.Load("test.yaml", yaml.Replace(written, instead, StringComparison.Ordinal));
        Assert.Null(policy);
        Assert.Contains(errors, error => error.ToString().Contains(what, StringComparison.Ordinal));
    }

    private static IncidentReport Scrub(Interaction interaction) =>
        ReportScrubber.Scrub(new IncidentReport { Interaction = interaction, Matches = [], PolicyRevision = "r" }, _policies);

    private sealed class ReversingHasher : ISubjectHasher
    {
        public string HashSubject(string subject) => string.Concat(subject.Reverse());
    }

    private sealed class FailingHasher : ISubjectHasher
    {
        public string HashSubject(string subject) => throw new InvalidOperationException($"no key for {Mail}");
    }
}
