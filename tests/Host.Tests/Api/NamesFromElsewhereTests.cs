using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Incidents;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Tests.Api;

/// <summary>The names that the Host's own policies list, in what apps elsewhere report under policies of their own.</summary>
public sealed class NamesFromElsewhereTests
{
    private const string Policy = """
        apiVersion: safety.remediate/v1
        kind: Policy
        metadata: {name: forbidden-things, version: 1.0.0}
        spec:
          taxonomy: {canonical: "test:forbidden"}
          applies: {to: [prompt]}
          detect: {prompt: {any_of: [{name: forbidden, terms: [forbidden]}]}}
          severity: {default: 2}
          enforcement: {mode: observe}
          capture: {redact_names: [Jane Doe, Contoso Clinic]}
          review: {}
          remediation: {enabled: true, refusal_text: I would rather not.}
        """;

    [Fact]
    public async Task They_are_replaced_in_prompt_answer_and_what_a_user_said_of_it()
    {
        await using ApiHost host = await ApiHost.StartAsync(policy: Policy, incidents: true);
        JsonObject captured = Record("a", "forbidden, said JANE  DOE"), rated = Record("b", "forbidden, said jane doe");
        rated["feedback"] = new JsonObject { ["rating"] = "down", ["reason"] = "Ask Jane Doe of Contoso Clinic." };
        await host.SendIncidentsAsync(Batch(captured, rated));

        Incident incident = Assert.Single(await StoredAsync(host));
        Assert.Equal(("forbidden, said [name]", "It was [name]."), (incident.Prompt, incident.Answer));
        await using UnlearningDbContext db = await host.Services.GetRequiredService<IDbContextFactory<UnlearningDbContext>>().CreateDbContextAsync();
        Assert.Equal("Thumbs down. Ask [name] of [name].", Assert.Single(await db.Comments.ToListAsync()).Text);
    }

    [Fact]
    public async Task A_prompt_has_one_fingerprint_whether_the_Host_captured_it_or_an_app_that_replaced_the_name_or_one_that_did_not()
    {
        await using ApiHost host = await ApiHost.StartAsync(policy: Policy, incidents: true);
        await host.AskAsync("""{"messages":[{"role":"user","content":"forbidden, said Jane Doe"}]}""");
        Assert.Equal("forbidden, said [name]", Assert.Single(await StoredAsync(host)).Prompt);

        await host.SendIncidentsAsync(Batch(Record("raw", "forbidden, said Jane Doe"), Record("scrubbed", "forbidden, said [name]"), Record("other", "forbidden, said Contoso Clinic")));

        Assert.Single((await StoredAsync(host)).Select(one => one.Fingerprint).Distinct());
        Assert.Equal(4, (await StoredAsync(host)).Sum(one => one.Count));
    }

    private static Task<IReadOnlyList<Incident>> StoredAsync(ApiHost host) => host.Services.GetRequiredService<IncidentStore>().ListAsync(null, 100);

    private static string Batch(params JsonObject[] records) => new JsonObject { ["incidents"] = new JsonArray([.. records]) }.ToJsonString();

    private static JsonObject Record(string id, string prompt) => new()
    {
        ["id"] = id,
        ["at"] = "2026-03-01T12:00:00Z",
        ["prompt"] = prompt,
        ["answer"] = "It was Jane Doe.",
        ["model_id"] = "fake-135m",
        ["complete"] = true,
        ["policy_revision"] = "theirs",
        ["matches"] = new JsonArray(new JsonObject
        {
            ["policy"] = "theirs",
            ["policy_version"] = "1.0.0",
            ["hazard"] = "test:forbidden",
            ["severity"] = 2,
            ["prompt_matched"] = true,
            ["answer_matched"] = true,
            ["detectors"] = new JsonArray(),
            ["remediation_enabled"] = true,
            ["refusal_text"] = "No.",
        }),
    };
}
