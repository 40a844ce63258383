using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Unlearning.Host.Cli.Data;
using Unlearning.Host.Incidents;
using Unlearning.Host.Tests.Incidents;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Cli.Incidents;

public sealed class IncidentListTests
{
    [Fact]
    public async Task Incidents_are_listed_by_last_sight_without_text_and_named_by_what_show_takes()
    {
        await using IncidentCli cli = await IncidentCli.CreateAsync();
        DateTimeOffset now = cli.Store.Clock.GetUtcNow();
        await cli.RecordAsync(Observe.Harmful("first") with { At = now.AddHours(-3) });
        await cli.RecordAsync(Observe.Harmful("second") with { At = now.AddHours(-2) });
        await cli.RecordAsync(Observe.Harmful("first") with { At = now.AddHours(-1) });

        Assert.Equal(0, await cli.RunAsync("list"));
        string[] lines = cli.Output.TrimEnd().Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Contains("2026-03-01 11:00  new     ailuminate:ncr  non-violent-crimes  3         2      base", lines[1], StringComparison.Ordinal);
        Assert.Contains("2026-03-01 10:00", lines[2], StringComparison.Ordinal);
        foreach (string text in new[] { "prompt of", "the harmful answer", "\u001b" })
            Assert.DoesNotContain(text, cli.Output, StringComparison.Ordinal);

        foreach (string line in lines[1..])
            Assert.Equal(0, await cli.RunAsync("show", line.Split(' ')[0]));
    }

    [Fact]
    public async Task What_waits_longer_than_its_policy_wants_is_overdue_in_the_list_and_comes_first_in_the_walk()
    {
        using TemporaryFolder folder = new();
        await using IncidentCli cli = await IncidentCli.CreateAsync();
        cli.Policies = folder.Path;
        string policy = await File.ReadAllTextAsync(Path.Combine(HomeFolder.Find(), "policies", "non-violent-crimes.yaml"));
        await File.WriteAllTextAsync(
            Path.Combine(folder.Path, "non-violent-crimes.yaml"), policy.Replace("auto_accept: {severity_lte: 3}", "{min_reviewers: 2, sla_hours: 24}", StringComparison.Ordinal));
        DateTimeOffset now = cli.Store.Clock.GetUtcNow();
        Incident late = await cli.RecordAsync(Observe.Harmful("late") with { At = now.AddHours(-25) });
        await cli.RecordAsync(Observe.Harmful("young") with { At = now.AddHours(-23) });
        await cli.RecordAsync(Observe.Harmful("accepted") with { At = now.AddHours(-25), AutoAccept = true });
        await cli.RecordAsync(Observe.Harmful("unhurried") with { At = now.AddHours(-25), Policy = "another" });

        Assert.Equal(0, await cli.RunAsync("list"));
        Assert.Single(cli.Output.Split('\n'), line => line.Contains("new, overdue", StringComparison.Ordinal));
        foreach (string[] filter in (string[][])[["--overdue"], ["--overdue", "--hazard", "ncr", "--severity", "3", "--assignee", "nobody"]])
        {
            Assert.Equal(0, await cli.RunAsync(["list", "--json", .. filter]));
            JsonNode line = Assert.Single(cli.Json["incidents"]!.AsArray())!;
            Assert.Equal(($"{late.Id}", true), ((string)line["id"]!, (bool)line["overdue"]!));
        }

        Assert.Equal(0, await cli.RunAsync("list", "--overdue", "--status", "confirmed"));
        Assert.Equal("no incidents", cli.Output.Trim());
        cli.Input = "c\nq\n";
        Assert.Equal(0, await cli.RunAsync("review"));
        Assert.Equal(0, await cli.RunAsync("list", "--overdue"));
        Assert.Contains("new, 1 of 2, overdue", cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_stay_unique_though_many_incidents_came_in_the_same_millisecond()
    {
        await using IncidentCli cli = await IncidentCli.CreateAsync();
        await cli.Store.Incidents.RecordAsync([.. Enumerable.Range(0, 200).Select(i => Observe.Harmful($"f{i}"))]);
        Assert.Equal(0, await cli.RunAsync("list", "--limit", "200", "--json"));

        JsonArray incidents = cli.Json["incidents"]!.AsArray();
        string[] ids = [.. incidents.Select(incident => (string)incident!["id"]!)];
        Assert.Equal(200, ids.Distinct().Count());
        Assert.All(incidents, incident =>
        {
            string name = (string)incident!["short"]!;
            Assert.Equal((string)incident["id"]!, Assert.Single(ids, id => id.StartsWith(name, StringComparison.Ordinal)));
            Assert.True(name.Length < 24, name);
        });
    }

    [Theory]
    [InlineData(new[] { "--status", "confirmed" }, new[] { "confirmed" })]
    [InlineData(new[] { "--hazard", "ailuminate:hte" }, new[] { "hateful" })]
    [InlineData(new[] { "--hazard", "hte" }, new[] { "hateful" })]
    [InlineData(new[] { "--policy", "strict" }, new[] { "confirmed" })]
    [InlineData(new[] { "--since", "90m" }, new[] { "latest" })]
    [InlineData(new[] { "--limit", "2" }, new[] { "latest", "hateful" })]
    [InlineData(new[] { "--status", "dismissed" }, new string[0])]
    public async Task A_filter_leaves_the_others_out(string[] filter, string[] expected)
    {
        await using IncidentCli cli = await IncidentCli.CreateAsync();
        DateTimeOffset now = cli.Store.Clock.GetUtcNow();
        Dictionary<string, string> names = new()
        {
            [(await cli.RecordAsync(Observe.Harmful("a") with { At = now.AddHours(-1) })).Id.ToString()] = "latest",
            [(await cli.RecordAsync(Observe.Harmful("b") with { At = now.AddHours(-2), Hazard = "ailuminate:hte" })).Id.ToString()] = "hateful",
            [(await cli.RecordAsync(Observe.Harmful("c") with { At = now.AddHours(-3), Policy = "strict", AutoAccept = true })).Id.ToString()] = "confirmed",
        };

        Assert.Equal(0, await cli.RunAsync(["list", "--json", .. filter]));
        Assert.Equal(expected, cli.Json["incidents"]!.AsArray().Select(incident => names[(string)incident!["id"]!]));
        Assert.Equal(filter[0] == "--limit" ? 3 : expected.Length, (int)cli.Json["total"]!);

        Assert.Equal(0, await cli.RunAsync(["list", .. filter]));
        Assert.Equal(expected.Length == 0, cli.Output == $"no incidents{Environment.NewLine}");
        Assert.Equal(filter[0] == "--limit", cli.Output.Contains("2 of 3 incidents; --limit shows more", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--status", "open")]
    [InlineData("--since", "week")]
    [InlineData("--limit", "0")]
    [InlineData("--limit", "many")]
    public async Task A_filter_that_is_none_is_an_error(string option, string value)
    {
        await using IncidentCli cli = await IncidentCli.CreateAsync();
        Assert.Equal(1, await cli.RunAsync("list", option, value));
        Assert.NotEmpty(cli.Errors);
    }

    [Fact]
    public async Task List_and_show_work_when_the_service_has_stopped_and_change_no_byte_but_for_the_audit_of_a_reveal()
    {
        await using IncidentCli cli = await IncidentCli.CreateAsync();
        Incident incident = await cli.RecordAsync(Observe.Harmful("f"));
        await cli.Store.Services.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Dictionary<string, byte[]> before = Files(cli);

        Assert.Equal(0, await cli.RunAsync("list"));
        Assert.Equal(0, await cli.RunAsync("show", incident.Id.ToString()));
        Assert.Equal(before, Files(cli));

        Assert.Equal(0, await cli.RunAsync("show", incident.Id.ToString(), "--reveal"));
        Dictionary<string, byte[]> after = Files(cli);
        Assert.Equal(["audit-head.json", "audit.jsonl"], after.Keys.Except(before.Keys).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(before, after.Where(file => before.ContainsKey(file.Key)).ToDictionary());
    }

    [Fact]
    public async Task A_store_that_is_not_there_or_of_an_older_version_is_explained_and_nothing_is_made()
    {
        await using IncidentCli cli = await IncidentCli.CreateAsync();
        SqliteConnection.ClearAllPools();
        File.Delete(Path.Combine(cli.Store.Path, "unlearning.db"));
        Assert.Equal(1, await cli.RunAsync("list"));
        Assert.Contains("There is no store", cli.Errors, StringComparison.Ordinal);

        await File.WriteAllBytesAsync(Path.Combine(cli.Store.Path, "unlearning.db"), []);
        foreach (string[] verb in (string[][])[["list"], ["show", "019a"], ["confirm", "019a"]])
        {
            Assert.Equal(1, await cli.RunAsync(verb));
            Assert.Equal(ReadOnlyStore.Older, cli.Errors.Trim());
        }
    }

    private static Dictionary<string, byte[]> Files(IncidentCli cli) => Directory
        .EnumerateFiles(cli.Store.Path, "*", SearchOption.AllDirectories)
        .Where(file => !file.EndsWith("-shm", StringComparison.Ordinal) && !file.EndsWith("-wal", StringComparison.Ordinal))
        .ToDictionary(file => file, File.ReadAllBytes);
}
