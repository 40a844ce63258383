using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Identity;
using Unlearning.Host.Incidents;
using Unlearning.Host.Incidents.Feedback;
using Unlearning.Host.Incidents.Review;
using Unlearning.Host.Privacy;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Tests.Api;

public sealed class FeedbackTests
{
    // It accepts without a reviewer whatever it sees by itself.
    private const string Policy = """
        apiVersion: safety.remediate/v1
        kind: Policy
        metadata: {name: forbidden-things, version: 1.0.0}
        spec:
          taxonomy: {canonical: "test:forbidden"}
          applies: {to: [response]}
          detect: {answer: {any_of: [{name: kaboom, terms: [kaboom]}]}}
          severity: {default: 2}
          enforcement: {mode: observe}
          review: {auto_accept: {severity_lte: 4}}
          remediation: {enabled: true, refusal_text: I would rather not.}
        """;

    [Fact]
    public async Task A_thumbs_down_on_what_nobody_noticed_waits_for_a_reviewer_with_its_reason_and_counts_once()
    {
        await using ApiHost host = await StartAsync();
        string body = """{"rating":"down","responseId":"theirs-1","prompt":"what then","answer":"kaboom","reason":"ask jane.roe@example.org","subject":"jane","model":"fake-135m"}""";

        Assert.Equal("filed", await OutcomeAsync(host, body));
        Assert.Equal("known", await OutcomeAsync(host, body));

        Incident incident = Assert.Single(await StoredAsync(host));
        Assert.Equal(
            (IncidentStatus.New, "kaboom", "forbidden-things", 1, true, "unknown", "base-hash"),
            (incident.Status, incident.Answer, incident.Policy, incident.Count, incident.AnswerMatched, incident.ReleaseId, incident.BaseModelHash));
        IncidentComment note = Assert.Single(await NotesAsync(host));
        Assert.Equal("Thumbs down. ask [email]", note.Text);
        Assert.Equal($"a user {host.Services.GetRequiredService<Fingerprinter>().HashSubject("jane")}", note.By);
        Assert.DoesNotContain(host.Logs.Lines, line => line.Contains("kaboom", StringComparison.Ordinal) || line.Contains("jane", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_policy_may_be_named_where_none_would_have_spoken()
    {
        await using ApiHost host = await StartAsync();
        Assert.Equal("unmatched", await OutcomeAsync(host, """{"rating":"down","prompt":"hello","answer":"Go away."}"""));
        Assert.Equal("unmatched", await OutcomeAsync(host, """{"rating":"down","responseId":"chatcmpl-01980000000070008000000000000000"}"""));
        Assert.Empty(await StoredAsync(host));

        Assert.Equal("filed", await OutcomeAsync(host, """{"rating":"down","prompt":"hello","answer":"Go away.","policy":"forbidden-things"}"""));
        Assert.Equal(IncidentStatus.New, Assert.Single(await StoredAsync(host)).Status);
    }

    [Theory]
    [InlineData("up", "Thumbs up.")]
    [InlineData("down", "Thumbs down.")]
    public async Task By_the_id_of_an_answer_that_this_Host_captured_it_is_noted_there_and_changes_nothing_else(string rating, string text)
    {
        await using ApiHost host = await StartAsync();
        string id = (string)(await host.AskAsync("""{"messages":[{"role":"user","content":"what then"}]}"""))["id"]!;
        Incident before = Assert.Single(await StoredAsync(host));
        await DismissAsync(host, before.Id);

        Assert.Equal("noted", await OutcomeAsync(host, $$"""{"rating":"{{rating}}","responseId":"{{id}}"}"""));

        Incident after = Assert.Single(await StoredAsync(host));
        Assert.Equal((IncidentStatus.Dismissed, 1, before.Answer), (after.Status, after.Count, after.Answer));
        Assert.Equal(text, Assert.Single(await NotesAsync(host)).Text);
    }

    [Fact]
    public async Task What_a_person_claims_was_answered_never_takes_the_place_of_what_was_captured_and_confirmed()
    {
        await using ApiHost host = await StartAsync();
        await host.AskAsync("""{"messages":[{"role":"user","content":"what then"}]}""");
        Incident before = Assert.Single(await StoredAsync(host));
        Assert.Equal(IncidentStatus.Confirmed, before.Status);

        Assert.Equal("noted", await OutcomeAsync(host, """{"rating":"down","prompt":"what then","answer":"kaboom, and Paris is the capital of France","model":"fake-135m"}"""));
        JsonNode report = Record("r", "what then", "kaboom, and more of it", """{"rating":"down"}""");
        await host.SendIncidentsAsync(Batch(report));

        Incident after = Assert.Single(await StoredAsync(host));
        Assert.Equal((before.Answer, IncidentStatus.Confirmed, 1), (after.Answer, after.Status, after.Count));
        Assert.Equal(2, (await NotesAsync(host)).Count);
    }

    [Fact]
    public async Task An_app_elsewhere_sends_it_among_its_incidents_and_confirms_nothing_by_it_either()
    {
        await using ApiHost host = await StartAsync();

        (_, JsonNode first) = await host.SendIncidentsAsync(Batch(
            Record("f1", "what then", "kaboom", """{"rating":"down","reason":"bad"}"""), Record("i1", "another", "kaboom", null),
            Record("f2", "hello", "Hi.", """{"rating":"up"}""", matches: false), Record("f3", "hello", "Hi.", """{"rating":"sideways"}""")));
        (_, JsonNode again) = await host.SendIncidentsAsync(Batch(Record("f1", "what then", "kaboom", """{"rating":"down","reason":"bad"}""")));

        Assert.Equal(["stored", "stored", "stored", "rejected"], first["results"]!.AsArray().Select(result => (string)result!["outcome"]!));
        Assert.Equal("incidents[3].feedback.rating", (string)first["results"]![3]!["problem"]!["field"]!);
        Assert.Equal("known", (string)again["results"]![0]!["outcome"]!);
        IReadOnlyList<Incident> stored = await StoredAsync(host);
        Assert.Equal(
            [("another", IncidentStatus.Confirmed), ("what then", IncidentStatus.New)],
            stored.Select(incident => (incident.Prompt, incident.Status)).Order());
        Assert.Equal("Thumbs down. bad", Assert.Single(await NotesAsync(host)).Text);
    }

    [Theory]
    [InlineData("""{"responseId":"x"}""", 400, "rating")]
    [InlineData("""{"rating":"down"}""", 400, "responseId")]
    [InlineData("""{"rating":"down","answer":"kaboom","policy":"none"}""", 400, "policy")]
    [InlineData("""{"rating":"down","responseId":"x","reason":"LONG"}""", 400, "reason")]
    [InlineData("""{"rating":"down","responseId":"LONG"}""", 400, "responseId")]
    [InlineData("""{"rating":"down","answer":"LONGLONGLONGLONGLONGLONG"}""", 400, "answer")]
    [InlineData("""{"rating":"sideways","responseId":"x"}""", 400, null)]
    [InlineData("""{"rating":"down","responseId":"x","color":"red"}""", 400, null)]
    [InlineData("[", 400, null)]
    public async Task A_request_that_is_wrong_is_told_as_a_problem_with_its_field_and_without_its_text(string body, int status, string? field)
    {
        await using ApiHost host = await StartAsync();
        (int answered, JsonNode problem) = await SendAsync(host, body.Replace("LONG", new string('x', 20_001), StringComparison.Ordinal));

        Assert.Equal((status, status, field), (answered, (int)problem["status"]!, (string?)problem["field"]));
        Assert.NotEmpty((string)problem["detail"]!);
        Assert.DoesNotContain("kaboom", problem.ToJsonString(), StringComparison.Ordinal);
        Assert.Empty(await StoredAsync(host));
    }

    [Fact]
    public async Task A_body_without_end_is_refused()
    {
        await using ApiHost host = await StartAsync();

        // Asked first, so that the answer does not meet a body that is still being sent.
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/feedback");
        request.Headers.ExpectContinue = true;
        request.Content = new StringContent($$"""{"rating":"down","answer":"{{new string('x', 5 << 20)}}"}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await host.Http.SendAsync(request);
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
    }

    [Fact]
    public async Task A_key_that_sends_more_than_its_share_is_told_when_to_go_on()
    {
        await using ApiHost host = await StartAsync(("FeedbackPerMinute", "1"));
        await OutcomeAsync(host, """{"rating":"up","responseId":"x"}""");

        using StringContent content = new("""{"rating":"up","responseId":"y"}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await host.Http.PostAsync(new Uri("/v1/feedback", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.InRange(response.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task No_flood_of_notes_grows_an_incident_and_an_erasure_takes_a_persons_notes_with_it()
    {
        await using ApiHost host = await StartAsync();
        string id = (string)(await host.AskAsync("""{"messages":[{"role":"user","content":"what then"}]}"""))["id"]!;
        for (int i = 0; i < FeedbackStore.MostNotes + 5; i++)
        {
            await OutcomeAsync(host, $$"""{"rating":"down","responseId":"{{id}}","subject":"user {{i}}"}""");
        }

        Assert.Equal(FeedbackStore.MostNotes, (await NotesAsync(host)).Count);
        string subject = host.Services.GetRequiredService<Fingerprinter>().HashSubject("user 3");
        ErasureReport report = await ActivatorUtilities.CreateInstance<SubjectErasure>(host.Services).EraseAsync(subject, dry: false);
        Assert.Equal(FeedbackStore.MostNotes - 1, (await NotesAsync(host)).Count);
        Assert.Equal(1, report.Comments);
    }

    private static async Task<ApiHost> StartAsync(params (string Key, string Value)[] settings)
    {
        ApiHost host = await ApiHost.StartAsync(policy: Policy, incidents: true, settings: settings);
        host.Client.Respond = () => new ChatResponse(new ChatMessage(ChatRole.Assistant, "Then comes kaboom."))
        {
            AdditionalProperties = new AdditionalPropertiesDictionary { ["unlearning.release"] = "base" },
        };
        return host;
    }

    private static async Task<string> OutcomeAsync(ApiHost host, string body)
    {
        (int status, JsonNode answer) = await SendAsync(host, body);
        Assert.True(status == 200, answer.ToJsonString());
        return (string)answer["outcome"]!;
    }

    private static async Task<(int Status, JsonNode Body)> SendAsync(ApiHost host, string body)
    {
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await host.Http.PostAsync(new Uri("/v1/feedback", UriKind.Relative), content);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    private static async Task DismissAsync(ApiHost host, Guid incident)
    {
        IncidentDesk desk = ActivatorUtilities.CreateInstance<IncidentDesk>(host.Services, Actor.System);
        await desk.ReopenAsync([$"{incident}"], false, "again", default);
        await desk.JudgeAsync([$"{incident}"], harmful: false, "harmless", default);
    }

    private static Task<IReadOnlyList<Incident>> StoredAsync(ApiHost host) => host.Services.GetRequiredService<IncidentStore>().ListAsync(null, 100);

    private static async Task<IReadOnlyList<IncidentComment>> NotesAsync(ApiHost host)
    {
        await using UnlearningDbContext db = await host.Services.GetRequiredService<IDbContextFactory<UnlearningDbContext>>().CreateDbContextAsync();
        return await db.Comments.AsNoTracking().ToListAsync();
    }

    private static string Batch(params JsonNode[] records) => new JsonObject { ["incidents"] = new JsonArray(records) }.ToJsonString();

    private static JsonNode Record(string id, string prompt, string answer, string? feedback, bool matches = true)
    {
        JsonNode record = JsonNode.Parse($$"""
            {"id":"{{id}}","at":"2026-03-01T12:00:00Z","prompt":"{{prompt}}","answer":"{{answer}}","model_id":"fake-135m","complete":true,"policy_revision":"theirs","matches":[]}
            """)!;
        if (matches)
        {
            record["matches"]!.AsArray().Add(JsonNode.Parse("""
                {"policy":"forbidden-things","policy_version":"1.0.0","hazard":"test:forbidden","severity":2,"answer_matched":true,"auto_accept":true,"remediation_enabled":true}
                """));
        }

        if (feedback is not null)
        {
            record["feedback"] = JsonNode.Parse(feedback);
        }

        return record;
    }
}
