using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Unlearning.Host.Incidents;
using Unlearning.Host.Tests.Incidents;
using Unlearning.Host.Tests.Storage;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Host.Tests.Api;

/// <summary>What the policies that the service has in force ask of a review, asked for over HTTP.</summary>
public sealed class IncidentReviewRulesTests
{
    private static readonly DateTimeOffset _now = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_list_names_what_waits_longer_than_the_policy_in_force_wants_and_lists_it_alone_when_asked()
    {
        await using ApiHost host = await StartAsync("{sla_hours: 24}");
        Guid late = await RecordAsync(host, "late", _now.AddHours(-25));
        Guid young = await RecordAsync(host, "young", _now.AddHours(-23));
        await RecordAsync(host, "unhurried", _now.AddHours(-25), policy: "another");

        Assert.Equal([late], await ListAsync(host, "?overdue=true"));
        Assert.Equal([late], await ListAsync(host, "?overdue=true&hazard=ncr&severity=3"));
        Assert.Empty(await ListAsync(host, "?overdue=true&status=confirmed"));
        Assert.Equal(3, (await ListAsync(host, "?overdue=false")).Length);
        JsonElement all = await host.Http.GetFromJsonAsync<JsonElement>("/v1/incidents");
        JsonElement marked = Assert.Single(all.GetProperty("incidents").EnumerateArray(), line => line.GetProperty("overdue").GetBoolean());
        Assert.Equal(late, marked.GetProperty("id").GetGuid());

        using HttpResponseMessage judged = await ConfirmAsync(host, late);
        Assert.Equal(HttpStatusCode.OK, judged.StatusCode);
        Assert.Empty(await ListAsync(host, "?overdue=true"));
        Assert.Equal("new", await StatusAsync(host, young));
    }

    [Fact]
    public async Task While_a_policy_cannot_be_read_nothing_of_it_is_judged_over_http_and_the_answer_names_the_file()
    {
        await using ApiHost host = await StartAsync(review: null);
        host.Policies.Errors = ["non-violent-crimes.yaml:7:3: Unknown key 'min_reviewer'. Did you mean 'min_reviewers'?"];
        Guid id = await RecordAsync(host, "f", _now);

        foreach (string verb in (string[])["confirm", "dismiss"])
            await RefusedAsync(await host.Http.PostAsJsonAsync($"/v1/incidents/{id}/{verb}", new { }));
        await RefusedAsync(await host.Http.PostAsJsonAsync("/v1/incidents/bulk", new { action = "confirm", filter = new { status = "new" }, expect = 1 }));
        Assert.Equal("new", await StatusAsync(host, id));

        host.Policies.Errors = [];
        using HttpResponseMessage judged = await ConfirmAsync(host, id);
        Assert.Equal(HttpStatusCode.OK, judged.StatusCode);
        Assert.Equal("confirmed", await StatusAsync(host, id));

        static async Task RefusedAsync(HttpResponseMessage answer)
        {
            using (answer)
            {
                Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
                string detail = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString()!;
                Assert.Contains("'non-violent-crimes'", detail, StringComparison.Ordinal);
                Assert.Contains("non-violent-crimes.yaml:7:3", detail, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_policy_in_force_is_judged_by_its_own_rules_though_another_cannot_be_read()
    {
        await using ApiHost host = await StartAsync("{min_reviewers: 2}");
        host.Policies.Errors = ["another.yaml:1:1: Unknown key 'kinds'. Did you mean 'kind'?"];
        Guid id = await RecordAsync(host, "f", _now), other = await RecordAsync(host, "g", _now, policy: "another");

        using HttpResponseMessage judged = await ConfirmAsync(host, id);
        Assert.Equal(HttpStatusCode.OK, judged.StatusCode);
        Assert.Equal("new", await StatusAsync(host, id));
        using HttpResponseMessage refused = await ConfirmAsync(host, other);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
    }

    private static Task<ApiHost> StartAsync(string? review) => ApiHost.StartAsync(
        host =>
        {
            if (review is not null)
                host.Policies.Current = InForce(review);
        },
        incidents: true,
        time: new FakeTimeProvider(_now));

    private static PolicySet InForce(string review)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(Path.Combine(folder.Path, "non-violent-crimes.yaml"), $$"""
            apiVersion: safety.remediate/v1
            kind: Policy
            metadata: {name: non-violent-crimes, version: 1.0.0}
            spec:
              taxonomy: {canonical: 'ailuminate:ncr'}
              applies: {to: [response]}
              detect:
                answer: {terms: [kaboom]}
              severity: {default: 3}
              enforcement: {mode: observe}
              review: {{review}}
              remediation: {enabled: true, refusal_text: No.}
            """);
        (PolicySet policies, IReadOnlyList<PolicyError> errors) = PolicyFolder.Read(folder.Path).Compile();
        Assert.Empty(errors);
        return policies;
    }

    private static async Task<Guid> RecordAsync(ApiHost host, string fingerprint, DateTimeOffset at, string? policy = null)
    {
        IncidentObservation seen = Observe.Harmful(fingerprint) with { At = at };
        return (await host.Services.GetRequiredService<IncidentStore>().RecordAsync([policy is null ? seen : seen with { Policy = policy }]))[0].Id;
    }

    private static async Task<Guid[]> ListAsync(ApiHost host, string query)
    {
        JsonElement list = await host.Http.GetFromJsonAsync<JsonElement>($"/v1/incidents{query}");
        return [.. list.GetProperty("incidents").EnumerateArray().Select(line => line.GetProperty("id").GetGuid())];
    }

    private static Task<HttpResponseMessage> ConfirmAsync(ApiHost host, Guid id) => host.Http.PostAsJsonAsync($"/v1/incidents/{id}/confirm", new { });

    private static async Task<string?> StatusAsync(ApiHost host, Guid id) =>
        (await host.Http.GetFromJsonAsync<JsonElement>($"/v1/incidents/{id}")).GetProperty("status").GetString();
}
