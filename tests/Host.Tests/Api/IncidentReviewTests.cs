using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Audit;
using Unlearning.Host.Cli.Incidents;
using Unlearning.Host.Identity;
using Unlearning.Host.Incidents;
using Unlearning.Host.Tests.Cli.Terminal;
using Unlearning.Host.Tests.Incidents;

namespace Unlearning.Host.Tests.Api;

public sealed class IncidentReviewTests
{
    private const string Said = "the harmful answer";

    [Fact]
    public async Task A_viewer_sees_lengths_and_never_text_and_a_reviewer_reveals_it_by_name()
    {
        await using ApiHost host = await ApiHost.StartAsync(incidents: true);
        Guid id = await RecordAsync(host, "f");
        (HttpClient viewer, HttpClient reviewer) = (await ClientAsync(host, "vera", Role.Viewer), await ClientAsync(host, "rita", Role.Reviewer));
        using HttpResponseMessage commented = await reviewer.PostAsJsonAsync($"/v1/incidents/{id}/comments", new { text = "a quoted note" });
        Assert.Equal(HttpStatusCode.Created, commented.StatusCode);

        foreach (string path in (string[])["/v1/incidents", $"/v1/incidents/{id}", $"/v1/incidents/{$"{id}"[..8]}", "/v1/audit"])
        {
            string body = await viewer.GetStringAsync(new Uri(path, UriKind.Relative));
            Assert.All((string[])[Said, "prompt of f", "a quoted note"], text => Assert.DoesNotContain(text, body, StringComparison.Ordinal));
        }

        Assert.Equal(18, (await viewer.GetFromJsonAsync<JsonElement>($"/v1/incidents/{id}")).GetProperty("answerLength").GetInt32());
        using HttpResponseMessage response = await reviewer.PostAsync(new Uri($"/v1/incidents/{id}/reveal", UriKind.Relative), null);
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        JsonElement revealed = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((Said, "a quoted note"), (revealed.GetProperty("answer").GetString(), revealed.GetProperty("comments")[0].GetProperty("text").GetString()));
        AuditEvent reveal = host.Services.GetRequiredService<AuditLog>().Read(1)[0].Event;
        Assert.Equal(("rita", "incident.reveal", $"{id}"), (reveal.Actor, reveal.Action, reveal.Subject));
    }

    [Fact]
    public async Task What_cannot_be_done_is_a_problem_that_says_why()
    {
        await using ApiHost host = await ApiHost.StartAsync(incidents: true);
        Guid id = await RecordAsync(host, "f");
        await RecordAsync(host, "g");
        HttpClient reviewer = await ClientAsync(host, "rita", Role.Reviewer);
        (string Path, object? Body, HttpStatusCode Status, string Why)[] wrong =
        [
            ("/v1/incidents/ffff", null, HttpStatusCode.NotFound, "no incident whose id begins with 'ffff'"),
            ("/v1/incidents/xyz", null, HttpStatusCode.BadRequest, "no incident's id"),
            ($"/v1/incidents/{$"{id}"[..2]}", null, HttpStatusCode.BadRequest, "beginning of 2 incidents"),
            ("/v1/incidents?status=open", null, HttpStatusCode.BadRequest, "no status"),
            ("/v1/incidents?limit=0", null, HttpStatusCode.BadRequest, "limit is 0"),
            ("/v1/incidents?severity=9", null, HttpStatusCode.BadRequest, "severity is 9"),
            ("/v1/incidents?overdue=perhaps", null, HttpStatusCode.BadRequest, "overdue is neither"),
            ("/v1/incidents?since=lately", null, HttpStatusCode.BadRequest, "since is no time"),
            ("/v1/incidents?cursor=x", null, HttpStatusCode.BadRequest, "cursor is none"),
            ("/v1/incidents/ffff/confirm", new { }, HttpStatusCode.NotFound, "no incident"),
            ($"/v1/incidents/{id}/assign", new { assignee = "two words" }, HttpStatusCode.BadRequest, "assignee's name"),
            ($"/v1/incidents/{id}/comments", new { text = "" }, HttpStatusCode.BadRequest, "1 to 4000 characters"),
            ("/v1/incidents/bulk", new { filter = new { } }, HttpStatusCode.BadRequest, "what to do"),
            ("/v1/incidents/bulk", new { action = "confirm" }, HttpStatusCode.BadRequest, "which incidents"),
            ("/v1/incidents/bulk", new { action = "confirm", filter = new { status = "new" } }, HttpStatusCode.BadRequest, "how many"),
            ("/v1/incidents/bulk", new { action = "confirm", filter = new { status = "new" }, expect = 1 }, HttpStatusCode.Conflict, "fits 2 incidents, not 1"),
        ];
        foreach ((string path, object? body, HttpStatusCode status, string why) in wrong)
        {
            using HttpResponseMessage response = body is null ? await reviewer.GetAsync(new Uri(path, UriKind.Relative)) : await reviewer.PostAsJsonAsync(path, body);
            string answer = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode == status, $"{path}: {response.StatusCode} {answer}");
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
            Assert.Contains(why, JsonDocument.Parse(answer).RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(2, (await host.Services.GetRequiredService<IncidentStore>().ListAsync(IncidentStatus.New, 10)).Count);
    }

    [Fact]
    public async Task Incidents_are_paged_filtered_and_changed_by_filter_over_http()
    {
        await using ApiHost host = await ApiHost.StartAsync(incidents: true);
        for (int i = 0; i < 5; i++)
            await RecordAsync(host, $"f{i}");
        HttpClient reviewer = await ClientAsync(host, "rita", Role.Reviewer);
        List<string> ids = [];
        string? cursor = null;
        do
        {
            JsonElement page = await reviewer.GetFromJsonAsync<JsonElement>($"/v1/incidents?status=new&hazard=ncr&limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            ids.AddRange(page.GetProperty("incidents").EnumerateArray().Select(one => one.GetProperty("id").GetString()!));
            Assert.Equal(5, page.GetProperty("total").GetInt32());
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);
        Assert.Equal(5, ids.Distinct().Count());

        using HttpResponseMessage bulk = await reviewer.PostAsJsonAsync(
            "/v1/incidents/bulk", new { action = "dismiss", filter = new { status = "new", hazard = "ncr" }, expect = 5, reason = "a test of ours" });
        Assert.Equal(5, (await bulk.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("changed").GetInt32());
        AuditEvent entry = host.Services.GetRequiredService<AuditLog>().Read(1)[0].Event;
        Assert.Equal(("rita", "incident.dismiss", "a test of ours"), (entry.Actor, entry.Action, entry.Reason));
    }

    [Fact]
    public async Task The_commands_work_through_a_service_as_they_do_on_its_data_folder()
    {
        await using ApiHost host = await ApiHost.StartAsync(incidents: true);
        Guid id = await RecordAsync(host, "f");
        string url = host.Http.BaseAddress!.ToString();

        Assert.Contains("1 incident (status=new)", await RunAsync(0, "confirm", "--all", "--status", "new", "--dry", "--url", url), StringComparison.Ordinal);
        Assert.Contains("ailuminate:ncr", await RunAsync(0, "list", "--status", "new", "--since", "7d", "--url", url), StringComparison.Ordinal);
        Assert.Contains($"{id}  confirmed", await RunAsync(0, "confirm", $"{id}"[..10], "--url", url), StringComparison.Ordinal);
        Assert.Contains($"{id}  confirmed already", await RunAsync(0, "confirm", $"{id}", "--url", url), StringComparison.Ordinal);
        Assert.Contains("no incident whose id begins with 'ffff'", await RunAsync(1, "confirm", "ffff", $"{id}", "--url", url), StringComparison.Ordinal);
        await RunAsync(1, "show", "ffff", "--url", url);
        Assert.Contains($"{id}  local", await RunAsync(0, "assign", $"{id}", "--to", "me", "--url", url), StringComparison.Ordinal);
        await RunAsync(0, "comment", $"{id}", "seen", "before", "--url", url);
        string shown = await RunAsync(0, "show", $"{id}", "--reveal", "--reason", "to judge", "--url", url);
        Assert.All((string[])["  prompt of f", "  seen before", "confirmed by local"], part => Assert.Contains(part, shown, StringComparison.Ordinal));
        Assert.Contains($"{id}  new", await RunAsync(0, "reopen", $"{id}", "--own", "--url", url), StringComparison.Ordinal);
        Assert.Contains("confirm: 1 of 1 incident changed", await RunAsync(0, "confirm", "--all", "--status", "new", "--expect", "1", "--url", url), StringComparison.Ordinal);
        Assert.All(host.Services.GetRequiredService<AuditLog>().Read(100), entry => Assert.Equal("local", entry.Event.Actor));
    }

    private static async Task<Guid> RecordAsync(ApiHost host, string fingerprint) =>
        (await host.Services.GetRequiredService<IncidentStore>().RecordAsync([Observe.Harmful(fingerprint, Said) with { At = DateTimeOffset.UtcNow }]))[0].Id;

    private static async Task<HttpClient> ClientAsync(ApiHost host, string name, Role role)
    {
        AccessKeyStore keys = host.Services.GetRequiredService<AccessKeyStore>();
        if ((await keys.ListAsync()).Count == 0)
            await keys.CreateAsync("root", Role.Admin, null, Actor.Local);
        string secret = (await keys.CreateAsync(name, role, null, Actor.Local)).Secret;
        host.Services.GetRequiredService<KnownKeys>().Forget();
        HttpClient client = new() { BaseAddress = host.Http.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        return client;
    }

    private static async Task<string> RunAsync(int code, params string[] arguments)
    {
        VerbRun run = await VerbRun.OfAsync(IncidentsCommand.Create(), arguments);
        Assert.True(run.Code == code, $"{string.Join(' ', arguments)}: {run.Errors}");
        return $"{run.Output}{run.Errors}";
    }
}
