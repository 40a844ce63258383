using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Incidents;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Tests.Api;

/// <summary>The names that the Host's own policies list, in what apps elsewhere report under policies of their own.</summary>
public sealed class NamesFromElsewhereTests
{
    private static readonly string Policy = Reported.Policy.Replace("review: {}", "capture: {redact_names: [Jane Doe, Contoso Clinic]}\n  review: {}", StringComparison.Ordinal);

    [Fact]
    public async Task They_are_replaced_in_prompt_answer_and_what_a_user_said_of_it()
    {
        await using ApiHost host = await ApiHost.StartAsync(policy: Policy, incidents: true);
        JsonObject captured = Record("a", "forbidden, said JANE  DOE"), rated = Record("b", "forbidden, said jane doe");
        rated["feedback"] = new JsonObject { ["rating"] = "down", ["reason"] = "Ask Jane Doe of Contoso Clinic." };
        await host.SendIncidentsAsync(Reported.Batch(captured, rated));

        Incident incident = Assert.Single(await Reported.StoredAsync(host));
        Assert.Equal(("forbidden, said [name]", "It was [name]."), (incident.Prompt, incident.Answer));
        await using UnlearningDbContext db = await host.Services.GetRequiredService<IDbContextFactory<UnlearningDbContext>>().CreateDbContextAsync();
        Assert.Equal("Thumbs down. Ask [name] of [name].", Assert.Single(await db.Comments.ToListAsync()).Text);
    }

    [Fact]
    public async Task A_prompt_has_one_fingerprint_whether_the_Host_captured_it_or_an_app_that_replaced_the_name_or_one_that_did_not()
    {
        await using ApiHost host = await ApiHost.StartAsync(policy: Policy, incidents: true);
        await host.AskAsync("""{"messages":[{"role":"user","content":"forbidden, said Jane Doe"}]}""");
        Assert.Equal("forbidden, said [name]", Assert.Single(await Reported.StoredAsync(host)).Prompt);

        await host.SendIncidentsAsync(Reported.Batch(Record("raw", "forbidden, said Jane Doe"), Record("scrubbed", "forbidden, said [name]"), Record("other", "forbidden, said Contoso Clinic")));

        Assert.Single((await Reported.StoredAsync(host)).Select(one => one.Fingerprint).Distinct());
        Assert.Equal(4, (await Reported.StoredAsync(host)).Sum(one => one.Count));
    }

    private static JsonObject Record(string id, string prompt)
    {
        JsonObject record = Reported.Record(id, prompt, hazard: "test:forbidden");
        record["answer"] = "It was Jane Doe.";
        return record;
    }
}
