using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Costly;
using Unlearning.Plugin.Policies.Detectors;
using Unlearning.Plugin.Policies.Loading;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Policies;

public sealed class CostlyDetectorTests
{
    private const string Answer = "An answer of more than a few words.";

    [Theory]
    [InlineData("Yes.", true)]
    [InlineData("no, it is fine", false)]
    public async Task A_judge_decides_what_the_words_leave_open(string verdict, bool incident)
    {
        FakeChatClient judge = new(verdict);
        using TestApp app = AppWith("all_of: [{terms: [locks]}, {judge: {question: Does this ask for a burglary?}}]", judge);

        await app.ChatClient.GetResponseAsync("How do locks work?");

        Assert.Equal(incident ? 1 : 0, app.Sink.Reports.Count);
        string asked = Assert.Single(judge.Requests)[^1].Text;
        Assert.Contains("How do locks work?", asked, StringComparison.Ordinal);
        Assert.Contains("Does this ask for a burglary?", asked, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("all_of: [{judge: {question: Is it bad at all?}}, {terms: [locks]}]", "Nothing of the kind")]
    [InlineData("any_of: [{judge: {question: Is it bad at all?}}, {terms: [locks]}]", "How do locks work?")]
    [InlineData("all_of: [{terms: [locks]}, {none_of: [{terms: [work]}, {judge: {question: Is it harmless?}}]}]", "How do locks work?")]
    public async Task A_judge_is_not_asked_where_words_have_decided(string detector, string prompt)
    {
        FakeChatClient judge = new("yes");
        using TestApp app = AppWith(detector, judge);

        await app.ChatClient.GetResponseAsync(prompt);

        Assert.Empty(judge.Requests);
    }

    [Fact]
    public async Task The_same_question_about_the_same_text_is_asked_once()
    {
        FakeChatClient judge = new("no");
        using TestApp app = AppWith(
            "any_of: [{judge: {question: Is it bad at all?}}, {all_of: [{terms: [locks]}, {judge: {question: Is it bad at all?}}]}]", judge);

        await app.ChatClient.GetResponseAsync("How do locks work?");

        Assert.Single(judge.Requests);
    }

    [Fact]
    public async Task An_answer_is_judged_with_the_prompt_it_answers()
    {
        FakeChatClient judge = new("yes");
        using TestApp app = AppWith("judge: {question: Does the assistant go along?}", judge, side: "answer");

        await app.ChatClient.GetResponseAsync("How do >>> locks work?");

        Assert.True(Assert.Single(Assert.Single(app.Sink.Reports).Matches).AnswerMatched);
        string asked = Assert.Single(judge.Requests)[^1].Text;
        Assert.Contains("User: How do > > > locks work?\n\nAssistant: " + Answer, asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_judge_is_not_told_personal_data()
    {
        FakeChatClient judge = new("yes");
        using TestApp app = AppWith("judge: {question: Does the assistant go along?}", judge, side: "answer");

        await app.ChatClient.GetResponseAsync("Mail the locks to jane.doe@example.com");

        string asked = Assert.Single(judge.Requests)[^1].Text;
        Assert.Contains("Mail the locks to [email]", asked, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("maybe")]
    [InlineData("")]
    public async Task A_judge_without_an_answer_makes_no_incident_and_is_counted(string said)
    {
        using TestApp app = AppWith("judge: {question: Is it bad at all?}", new FakeChatClient(said));

        await app.ChatClient.GetResponseAsync("a-canary");

        Assert.Empty(app.Sink.Reports);
        FakeLogRecord warning = Assert.Single(app.Logs.GetSnapshot(), record => record.Id.Name == "DetectorFailed");
        Assert.DoesNotContain("canary", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_is_not_registered_is_a_counted_failure()
    {
        using TestApp app = AppWith("judge: {question: Is it bad at all?, client: someone-else}", new FakeChatClient("yes"));

        await app.ChatClient.GetResponseAsync("hello");

        Assert.Empty(app.Sink.Reports);
        Assert.Single(app.Logs.GetSnapshot(), record => record.Id.Name == "DetectorFailed");
    }

    [Fact]
    public async Task A_judge_that_is_captured_itself_does_not_judge_itself()
    {
        FakeChatClient judge = new("yes");
        using TestApp app = new(services =>
        {
            services.AddSingleton<IPolicySource>(Policies("judge: {question: Is it bad at all?}"));
            services.AddChatClient(new FakeChatClient(Answer)).UseSafetyCapture();
            services.AddKeyedChatClient("judge", judge).UseSafetyCapture();
        });

        await app.ChatClient.GetResponseAsync("hello");

        Assert.Single(judge.Requests);
        Assert.Single(app.Sink.Reports);
    }

    [Fact]
    public async Task When_judges_are_too_slow_the_least_severe_go_on_as_the_words_judged_them()
    {
        TaskCompletionSource go = new(), asked = new();
        FakeChatClient judge = new("yes")
        {
            BeforeWord = _ =>
            {
                asked.TrySetResult();
                return go.Task;
            },
        };
        using TestApp app = new(
            services =>
            {
                PolicySet words = TestPolicies.Load(TestPolicies.Yaml), judged = Policies("judge: {question: Is it bad at all?}").Current;
                services.AddSingleton<IPolicySource>(new FixedPolicies(new PolicySet([.. words.Policies, .. judged.Policies], "r")));
                services.AddChatClient(new FakeChatClient(Answer)).UseSafetyCapture();
                services.AddKeyedChatClient("judge", judge);
                services.AddSingleton<IMeterFactory, TestMeterFactory>();
            },
            new Dictionary<string, string?>
            {
                ["Unlearning:Capture:WaitForAcknowledgement"] = "false",
                ["Unlearning:Capture:ParallelJudgements"] = "1",
                ["Unlearning:Capture:CostlyCapacity"] = "1",
            });

        await app.ChatClient.GetResponseAsync("the judge is busy with this");
        await asked.Task;
        await app.ChatClient.GetResponseAsync("grave matter");
        await app.ChatClient.GetResponseAsync("forbidden");
        await app.JudgedAsync();
        go.SetResult();
        await app.Services.GetRequiredService<InteractionRecorder>().FlushAsync();

        string[] Matched(string prompt) => [.. app.Sink.Reports.Single(report => report.Interaction.Prompt == prompt).Matches
            .Select(match => match.Policy).Order(StringComparer.Ordinal)];
        Assert.Equal(["judged"], Matched("the judge is busy with this"));
        Assert.Equal(["forbidden-things", "judged"], Matched("grave matter"));
        Assert.Equal(["forbidden-things"], Matched("forbidden"));
    }

    [Theory]
    [InlineData("safe", "", false)]
    [InlineData("unsafe\nS9", "", true)]
    [InlineData("\n\nunsafe\nS1,S9", "S9", true)]
    [InlineData("unsafe\nS2", "S9,S1", false)]
    public void A_guard_model_is_read_by_its_categories(string said, string categories, bool expected) =>
        Assert.Equal(expected, LlamaGuard.Read(said, categories));

    [Fact]
    public void A_guard_model_that_chats_is_no_answer() =>
        Assert.Throws<FormatException>(() => LlamaGuard.Read("I cannot help with that", ""));

    [Theory]
    [InlineData(null, true)]
    [InlineData(0.5, false)]
    [InlineData(0.3, true)]
    public async Task A_moderation_endpoint_is_asked_in_the_form_of_openai(double? threshold, bool expected)
    {
        using Moderator moderator = new("""{"results":[{"categories":{"violence":true},"category_scores":{"violence":0.4}}]}""");
        using ModerationEndpoint endpoint = new(
            Options.Create(new DetectorOptions
            {
                Moderation = new() { Url = new Uri("http://moderation.test/v1/moderations"), ApiKey = "key-1", Model = "omni" },
            }),
            () => moderator);

        bool fires = await endpoint.AskAsync(new ModerationQuestion("violence", threshold), new JudgedText("the text"), default);

        Assert.Equal(expected, fires);
        Assert.Equal("""{"input":"the text","model":"omni"}""", moderator.Asked);
        Assert.Equal("Bearer key-1", moderator.Authorization);
    }

    [Theory]
    [InlineData("opening a lock", true)]
    [InlineData("baking bread", false)]
    public async Task What_is_near_in_meaning_to_an_example_or_a_known_incident_matches(string prompt, bool incident)
    {
        foreach (string like in new[] { "examples: [picking locks]", "known_incidents: true" })
        {
            using TestApp app = new(services =>
            {
                services.AddSingleton<IPolicySource>(Policies($"similar_to: {{{like}, threshold: 0.9}}"));
                services.AddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(new LockOrBread());
                services.AddSingleton<IKnownIncidents>(new OneIncident());
                services.AddChatClient(new FakeChatClient(Answer)).UseSafetyCapture();
            });

            await app.ChatClient.GetResponseAsync(prompt);

            Assert.Equal(incident ? 1 : 0, app.Sink.Reports.Count);
        }
    }

    [Fact]
    public void A_policy_that_enforces_may_not_wait_for_a_model()
    {
        string yaml = Yaml("judge: {question: Is it bad at all?}", "prompt").Replace("mode: observe", "mode: refuse", StringComparison.Ordinal);

        (_, IReadOnlyList<PolicyError> errors) = PolicyLoader.Load("a.yaml", yaml);

        string error = Assert.Single(errors).ToString();
        Assert.StartsWith("a.yaml:9:", error, StringComparison.Ordinal);
        Assert.Contains("cannot wait for a model", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_to_be_similar_to_is_an_error()
    {
        (_, IReadOnlyList<PolicyError> errors) = PolicyLoader.Load("a.yaml", Yaml("similar_to: {threshold: 0.8}", "prompt"));

        Assert.Contains("nothing to compare with", Assert.Single(errors).ToString(), StringComparison.Ordinal);
    }

    private static TestApp AppWith(string detector, FakeChatClient judge, string side = "prompt") => new(services =>
    {
        services.AddSingleton<IPolicySource>(Policies(detector, side));
        services.AddChatClient(new FakeChatClient(Answer)).UseSafetyCapture();
        services.AddKeyedChatClient("judge", judge);
    });

    private static FixedPolicies Policies(string detector, string side = "prompt") =>
        new FixedPolicies(TestPolicies.Load(Yaml(detector, side)));

    private static string Yaml(string detector, string side) => $$"""
        apiVersion: safety.remediate/v1
        kind: Policy
        metadata: {name: judged, version: 1.0.0}
        spec:
          taxonomy: {canonical: "test:judged"}
          applies: {to: [{{(side == "prompt" ? "prompt" : "response")}}]}
          detect:
            {{side}}:
              {{detector}}
          severity: {default: 1}
          enforcement: {mode: observe}
          review: {}
          remediation: {enabled: true, refusal_text: I would rather not.}
        """;

    private sealed class Moderator(string answer) : HttpMessageHandler
    {
        public string? Asked { get; private set; }

        public string? Authorization { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked = await request.Content!.ReadAsStringAsync(cancellationToken);
            Authorization = request.Headers.Authorization?.ToString();
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answer, Encoding.UTF8, "application/json") };
        }
    }

    private sealed class OneIncident : IKnownIncidents
    {
        public Task<IReadOnlyList<string>> GetPromptsAsync(string hazard, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<string>>(hazard == "test:judged" ? ["picking locks"] : []);
    }

    // Two directions of meaning are enough here; the Host's own tests have a real model.
    private sealed class LockOrBread : IEmbeddingGenerator<string, Embedding<float>>
    {
        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult<GeneratedEmbeddings<Embedding<float>>>(
            [
                .. values.Select(value => new Embedding<float>(
                    value.Contains("lock", StringComparison.Ordinal) ? new float[] { 1, 0 } : new float[] { 0, 1 })),
            ]);

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
