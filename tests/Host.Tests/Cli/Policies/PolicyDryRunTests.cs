using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Incidents;
using Unlearning.Host.Storage;
using Unlearning.Host.Tests.Incidents;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Cli.Policies;

public sealed class PolicyDryRunTests : IDisposable
{
    private readonly PolicyCli _cli = new();

    public PolicyDryRunTests() => _cli.Write("live", "a.yaml", PolicyCli.Example);

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task It_counts_what_newly_matches_what_no_longer_does_and_what_changes()
    {
        await using ServiceProvider service = await StoreAsync("Please pick the lock", "Please break the lock", "Please open the door", "Please cut the lock");
        string changed = _cli.Write("new", "a.yaml", PolicyCli.Example
            .Replace("[pick the lock]", "[open the door]", StringComparison.Ordinal)
            .Replace("set: 3", "set: 4", StringComparison.Ordinal));

        Assert.Equal(0, await _cli.RunAsync("dry-run", changed, "--json"));

        using JsonDocument report = JsonDocument.Parse(_cli.Output);
        JsonElement root = report.RootElement;
        Assert.Equal(4, root.GetProperty("incidents").GetInt32());
        Assert.Equal(1, root.GetProperty("newlyMatch").GetInt32());
        Assert.Equal(1, root.GetProperty("noLongerMatch").GetInt32());
        Assert.Equal(2, root.GetProperty("severityChanges").GetInt32());
        JsonElement counts = Assert.Single(root.GetProperty("policies").EnumerateArray());
        Assert.Equal((3, 3), (counts.GetProperty("before").GetInt32(), counts.GetProperty("after").GetInt32()));
        Assert.Equal(4, root.GetProperty("changes").GetArrayLength());
        Assert.DoesNotContain("Please", _cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_names_incidents_by_id_and_shows_text_only_when_asked()
    {
        await using ServiceProvider service = await StoreAsync("Please open the door");
        Incident stored = Assert.Single(await service.GetRequiredService<IncidentStore>().ListAsync(null, 10));
        string changed = _cli.Write("new", "a.yaml", PolicyCli.Example.Replace("[pick the lock]", "[open the door]", StringComparison.Ordinal)
            .Replace("name: locks", "name: doors", StringComparison.Ordinal));

        Assert.Equal(0, await _cli.RunAsync("dry-run", changed));
        Assert.Contains($"{stored.Id}  newly matches: nothing -> doors 2", _cli.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Please", _cli.Output, StringComparison.Ordinal);

        Assert.Equal(0, await _cli.RunAsync("dry-run", changed, "--show-text"));
        Assert.Contains("  prompt: Please open the door", _cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_of_policy_is_told()
    {
        await using ServiceProvider service = await StoreAsync("Please pick the lock");
        string changed = _cli.Write("new", "a.yaml", PolicyCli.Example.Replace("name: locks", "name: doors", StringComparison.Ordinal));
        Assert.Equal(0, await _cli.RunAsync("dry-run", changed));
        Assert.Contains("policy: locks 2 (prompt only) -> doors 2 (prompt only)", _cli.Output, StringComparison.Ordinal);
        Assert.Contains("policy changes    1", _cli.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("30m", 1)]
    [InlineData("24h", 2)]
    [InlineData("7d", 3)]
    [InlineData("2w", 4)]
    public async Task Since_leaves_out_what_was_last_seen_earlier(string since, int incidents)
    {
        DateTimeOffset now = _cli.Clock.GetUtcNow();
        TimeSpan[] ages = [TimeSpan.FromMinutes(29), TimeSpan.FromHours(23), TimeSpan.FromDays(6.9), TimeSpan.FromDays(13)];
        await using ServiceProvider service = await StoreAsync();
        await service.GetRequiredService<IncidentStore>().RecordAsync(
            [.. ages.Select((age, i) => Observe.Harmful($"f{i}") with { Prompt = "Please pick the lock", At = now - age })]);

        Assert.Equal(0, await _cli.RunAsync("dry-run", _cli.In("live"), "--since", since));
        Assert.StartsWith($"{incidents} incident", _cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_works_when_the_service_has_stopped_and_changes_no_byte_of_the_store()
    {
        await (await StoreAsync("Please pick the lock")).DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        byte[] before = await File.ReadAllBytesAsync(Path.Combine(_cli.In("data"), "unlearning.db"));

        Assert.Equal(0, await _cli.RunAsync("dry-run", _cli.In("live")));

        Assert.StartsWith("1 incident judged", _cli.Output, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(Path.Combine(_cli.In("data"), "unlearning.db")));
    }

    [Fact]
    public async Task Without_data_it_says_where_they_should_be_and_makes_nothing()
    {
        Assert.Equal(1, await _cli.RunAsync("dry-run", _cli.In("live")));
        Assert.Contains($"There is no data folder '{_cli.In("data")}'", _cli.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_cli.In("data")));

        Directory.CreateDirectory(_cli.In("data"));
        Assert.Equal(1, await _cli.RunAsync("dry-run", _cli.In("live")));
        Assert.Contains("There is no store", _cli.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_cli.In("data")));
    }

    [Theory]
    [InlineData("week")]
    [InlineData("7")]
    [InlineData("0d")]
    [InlineData("-1d")]
    [InlineData("999999999w")]
    public async Task A_span_of_time_that_is_none_is_explained(string since)
    {
        Assert.Equal(1, await _cli.RunAsync("dry-run", _cli.In("live"), $"--since={since}"));
        Assert.Contains($"--since is '{since}'. Write a number and m, h, d or w", _cli.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_set_with_errors_is_not_tried()
    {
        await using ServiceProvider service = await StoreAsync("Please pick the lock");
        Assert.Equal(1, await _cli.RunAsync("dry-run", _cli.Write("new", "a.yaml", "kind: Rule")));
        Assert.Contains("a.yaml:1:7: ", _cli.Errors, StringComparison.Ordinal);
        Assert.Empty(_cli.Output);
    }

    // Left open, as by a running service: its write-ahead log is in use.
    private async Task<ServiceProvider> StoreAsync(params string[] prompts)
    {
        ServiceProvider service = TemporaryStore.Open(_cli.In("data"), _cli.Clock);
        await using UnlearningDbContext db = await service.GetRequiredService<IDbContextFactory<UnlearningDbContext>>().CreateDbContextAsync();
        await db.Database.MigrateAsync();
        await service.GetRequiredService<IncidentStore>().RecordAsync(
            [.. prompts.Select((prompt, i) => Observe.Harmful($"f{i}", "Sorry, no.") with { Prompt = prompt })]);
        return service;
    }
}
