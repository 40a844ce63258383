using System.Net;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Incidents;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Tests.Api;

public sealed class IncidentsTests
{
    [Fact]
    public async Task A_batch_is_stored_and_each_record_is_answered()
    {
        await using ApiHost host = await ApiHost.StartAsync(incidents: true);

        (HttpStatusCode status, JsonNode body) = await host.SendIncidentsAsync(Reported.Batch(Record("a"), Reported.Record("b", "another prompt")));

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(["a stored", "b stored"], Outcomes(body));
        IReadOnlyList<Incident> stored = await Reported.StoredAsync(host);
        Assert.Equal(2, stored.Count);
        Incident incident = stored.Single(incident => incident.Prompt == "How do I pick a lock?");
        Assert.Equal(
            ("Like this.", "anything", "their:hazard", 3, true, true, "base", "base-hash"),
            (incident.Answer, incident.Policy, incident.Hazard, incident.Severity, incident.AnswerMatched, incident.RemediationEnabled,
                incident.ReleaseId, incident.BaseModelHash));
    }

    [Fact]
    public async Task What_decided_elsewhere_is_kept_and_a_detector_whose_name_is_none_is_left_out()
    {
        await using ApiHost host = await ApiHost.StartAsync(incidents: true);
        JsonObject record = Record("a");
        (record["refused"], record["streaming"], record["function"]) = (true, true, "chat-answer");
        record["matches"]![0]!["tool_result_matched"] = true;
        record["matches"]![0]!["detectors"] = new JsonArray("prompt/locks", "tool/injected", "answer/steps", "answer/How do I pick a lock?", "prompt/");
        await host.SendIncidentsAsync(Reported.Batch(record));

        Incident incident = Assert.Single(await Reported.StoredAsync(host));
        Assert.Equal(["prompt/locks", "tool/injected", "answer/steps"], incident.Detectors);
        Assert.Equal(
            (true, true, true, true, "fake-135m", "chat-answer", "theirs"),
            (incident.ToolResultMatched, incident.Refused, incident.Streaming, incident.Complete, incident.ModelId, incident.Function, incident.PolicyRevision));
        await using UnlearningDbContext db = await host.Services.GetRequiredService<IDbContextFactory<UnlearningDbContext>>().CreateDbContextAsync();
        IncidentOccurrence occurrence = Assert.Single(await db.Occurrences.ToListAsync());
        Assert.Equal(incident.Detectors, occurrence.Detectors);
        Assert.Equal((true, "anything", "9.9.9", "theirs"), (occurrence.Refused, occurrence.Policy, occurrence.PolicyVersion, occurrence.PolicyRevision));
    }

    [Fact]
    public async Task A_batch_sent_again_counts_once_also_where_half_of_it_was_known()
    {
        await using ApiHost host = await ApiHost.StartAsync(incidents: true);
        await host.SendIncidentsAsync(Reported.Batch(Record("a"), Record("b")));
        (_, JsonNode again) = await host.SendIncidentsAsync(Reported.Batch(Record("a"), Record("c"), Record("b"), Record("c")));

        Assert.Equal(["a known", "c stored", "b known", "c known"], Outcomes(again));
        Assert.Equal(3, Assert.Single(await Reported.StoredAsync(host)).Count);
    }

    [Fact]
    public async Task The_same_interaction_counts_once_though_batches_arrive_at_the_same_time_and_its_text_was_changed()
    {
        await using ApiHost host = await ApiHost.StartAsync(incidents: true);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            host.SendIncidentsAsync(Reported.Batch([.. Enumerable.Range(0, 10).Select(record => Reported.Record($"r{record}", $"prompt {i}"))]))));

        Assert.Equal(10, (await Reported.StoredAsync(host)).Sum(incident => incident.Count));
        await using UnlearningDbContext db = await host.Services.GetRequiredService<IDbContextFactory<UnlearningDbContext>>().CreateDbContextAsync();
        Assert.Equal(10, await db.Occurrences.CountAsync());
    }

    [Fact]
    public async Task A_record_that_is_wrong_is_named_with_its_field_and_the_others_are_stored()
    {
        await using ApiHost host = await ApiHost.StartAsync(incidents: true);
        JsonObject wrong = Record("b");
        wrong["matches"]![0]!["severity"] = 9;

        (HttpStatusCode status, JsonNode body) = await host.SendIncidentsAsync(Reported.Batch(Record("a"), wrong, Record("c")));

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(["a stored", "b rejected", "c stored"], Outcomes(body));
        JsonNode problem = body["results"]![1]!["problem"]!;
        Assert.Equal(
            (422, "incidents[1].matches[0].severity", "incidents[1].matches[0].severity must be a whole number from 0 to 4."),
            ((int)problem["status"]!, (string)problem["field"]!, (string)problem["detail"]!));
        Assert.Equal(2, Assert.Single(await Reported.StoredAsync(host)).Count);
    }

    [Theory]
    [InlineData("id", "\"a b\"")]
    [InlineData("id", null)]
    [InlineData("at", "\"yesterday\"")]
    [InlineData("at", "\"1969-01-01T00:00:00Z\"")]
    [InlineData("at", "\"9999-01-01T00:00:00Z\"")]
    [InlineData("prompt", "7")]
    [InlineData("answer", null)]
    [InlineData("answer", "\"\\ud800\"")]
    [InlineData("streaming", "\"yes\"")]
    [InlineData("policy_revision", "\"\"")]
    [InlineData("base_model", "[]")]
    [InlineData("tags", "[]")]
    [InlineData("matches", "[]")]
    [InlineData("matches", "{}")]
    [InlineData("matches", null)]
    public async Task Every_field_is_checked(string field, string? json)
    {
        await using ApiHost host = await ApiHost.StartAsync(incidents: true);
        JsonObject record = Record("a");
        record.Remove(field);
        string batch = Reported.Batch(record);
        batch = json is null ? batch : batch.Replace("[{", $"[{{\"{field}\":{json},", StringComparison.Ordinal);
        (_, JsonNode body) = await host.SendIncidentsAsync(batch);
        Assert.Equal($"incidents[0].{field}", (string?)body["results"]![0]!["problem"]!["field"]);
        Assert.Empty(await Reported.StoredAsync(host));
    }

    [Theory]
    [InlineData("policy")]
    [InlineData("policy_version")]
    [InlineData("hazard")]
    [InlineData("refusal_text")]
    public async Task Names_from_elsewhere_may_be_unknown_but_not_endless(string field)
    {
        await using ApiHost host = await ApiHost.StartAsync(incidents: true);
        JsonObject record = Record("a");
        record["matches"]![0]![field] = new string('x', 20_000);
        (_, JsonNode body) = await host.SendIncidentsAsync(Reported.Batch(record));
        Assert.Equal($"incidents[0].matches[0].{field}", (string?)body["results"]![0]!["problem"]!["field"]);
    }

    [Theory]
    [InlineData("[", HttpStatusCode.BadRequest)]
    [InlineData("[]", HttpStatusCode.BadRequest)]
    [InlineData("{}", HttpStatusCode.BadRequest)]
    [InlineData("{\"incidents\":[]}", HttpStatusCode.BadRequest)]
    public async Task A_body_that_is_no_batch_is_a_problem_of_its_own(string json, HttpStatusCode expected)
    {
        await using ApiHost host = await ApiHost.StartAsync(incidents: true);
        (HttpStatusCode status, JsonNode body) = await host.SendIncidentsAsync(json);
        Assert.Equal((expected, (int)expected), (status, (int)body["status"]!));
    }

    [Fact]
    public async Task A_batch_too_large_is_refused_whole()
    {
        await using ApiHost host = await ApiHost.StartAsync(incidents: true, settings: [("MaximumBatchBytes", $"{2 << 20}")]);
        (HttpStatusCode bytes, _) = await host.SendIncidentsAsync(Reported.Batch(Reported.Record("a", new string('x', 3 << 20))));
        (HttpStatusCode count, _) = await host.SendIncidentsAsync(Reported.Batch([.. Enumerable.Range(0, 1001).Select(i => Record($"r{i}"))]));
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.BadRequest), (bytes, count));
        Assert.Empty(await Reported.StoredAsync(host));
    }

    [Fact]
    public async Task What_cannot_be_committed_is_not_acknowledged_and_is_worth_another_try()
    {
        await using ApiHost host = await ApiHost.StartAsync(incidents: true);
        await using (UnlearningDbContext db = await host.Services.GetRequiredService<IDbContextFactory<UnlearningDbContext>>().CreateDbContextAsync())
        {
            await db.Database.ExecuteSqlRawAsync("ALTER TABLE Occurrences RENAME TO Gone");
            (HttpStatusCode status, JsonNode body) = await host.SendIncidentsAsync(Reported.Batch(Record("a")));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.DoesNotContain("Gone", body.ToJsonString(), StringComparison.Ordinal);
            await db.Database.ExecuteSqlRawAsync("ALTER TABLE Gone RENAME TO Occurrences");
        }

        (_, JsonNode again) = await host.SendIncidentsAsync(Reported.Batch(Record("a")));
        Assert.Equal(["a stored"], Outcomes(again));
    }

    [Theory]
    [InlineData(null, "base", "fake-135m", "base-hash")]
    [InlineData(null, "base", null, "base-hash")]
    [InlineData(null, null, "fake-135m", "base-hash")]
    [InlineData("fake-135m", null, "whatever", "base-hash")]
    [InlineData(null, "fp_1", "gpt-4o", "model:gpt-4o")]
    [InlineData(null, "base", "gpt-4o", "model:gpt-4o")]
    [InlineData(null, null, null, "model:unknown")]
    [InlineData(null, "../../etc", null, "model:unknown")]
    [InlineData("their-model", "base", "fake-135m", "model:their-model")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", null, null, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task Incidents_of_another_base_model_are_stored_and_shown_and_never_selected(
        string? baseModel, string? release, string? model, string expected)
    {
        await using ApiHost host = await ApiHost.StartAsync(incidents: true);
        JsonObject record = Record("a");
        (record["base_model"], record["release_id"], record["model_id"]) = (baseModel, release, model);
        record["matches"]![0]!["auto_accept"] = true;
        await host.SendIncidentsAsync(Reported.Batch(record));

        Assert.Equal(expected, Assert.Single(await Reported.StoredAsync(host)).BaseModelHash);
        SelectedIncidents selected = await host.Services.GetRequiredService<IncidentSelection>().SelectAsync("base-hash");
        Assert.Equal(expected == "base-hash" ? 1 : 0, selected.Forget.Count);
    }

    [Theory]
    [InlineData(true, "known")]
    [InlineData(false, "stored")]
    public async Task What_the_Host_captured_itself_and_an_app_captures_too_counts_once(bool sameAnswer, string expected)
    {
        await using ApiHost host = await ApiHost.StartAsync(policy: Reported.Policy, incidents: true);
        JsonNode completion = await host.AskAsync("""{"messages":[{"role":"user","content":"the forbidden thing"}]}""");
        Assert.Equal(1, Assert.Single(await Reported.StoredAsync(host)).Count);
        JsonObject record = Reported.Record("a", "the forbidden thing");
        record["response_id"] = sameAnswer ? (string)completion["id"]! : $"chatcmpl-{Guid.NewGuid():N}";

        (_, JsonNode body) = await host.SendIncidentsAsync(Reported.Batch(record));

        Assert.Equal([$"a {expected}"], Outcomes(body));
        Assert.Equal(sameAnswer ? 1 : 2, (await Reported.StoredAsync(host)).Sum(incident => incident.Count));
    }

    private static string[] Outcomes(JsonNode body) =>
        [.. body["results"]!.AsArray().Select(result => $"{result!["id"]} {result["outcome"]}")];

    private static JsonObject Record(string id) => Reported.Record(id, "How do I pick a lock?");
}
