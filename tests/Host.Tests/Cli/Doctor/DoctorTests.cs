using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Unlearning.Host.Cli.Doctor;
using Unlearning.Host.Identity;
using Unlearning.Host.Privacy;
using Unlearning.Host.Storage;
using Unlearning.Host.Tests.Cli.Terminal;
using Unlearning.Host.Tests.Incidents;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Cli.Doctor;

public sealed class DoctorTests
{
    private static readonly DateTimeOffset _now = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_healthy_installation_has_no_problem_and_nothing_of_it_is_changed()
    {
        await using TemporaryStore store = await HealthyAsync();
        string[] before = Files();
        (int code, JsonArray findings) = await RunAsync(store.Path);
        Assert.True(code == 0, findings.ToJsonString());
        Assert.All(findings, finding => Assert.NotEqual("problem", (string?)finding!["result"]));
        Assert.Equal(19, findings.Count);
        Assert.Equal(before, Files());

        // Without SQLite's own, which come and go with those who read.
        string[] Files() => [.. Directory.GetFileSystemEntries(store.Path).Where(path => !path.Contains(".db-", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task An_installation_that_never_started_has_no_problem_and_no_data_folder_afterwards()
    {
        using TemporaryFolder folder = new();
        string data = Path.Combine(folder.Path, "data");
        Directory.SetLastWriteTimeUtc(folder.Path, _now.UtcDateTime);
        (int code, JsonArray findings) = await RunAsync(data);
        Assert.True(code == 0, findings.ToJsonString());
        Assert.False(Directory.Exists(data));

        // Nothing was made there for a moment, either.
        if (!OperatingSystem.IsWindows())
            Assert.Equal(_now.UtcDateTime, Directory.GetLastWriteTimeUtc(folder.Path));
    }

    [Fact]
    public async Task A_path_may_have_characters_that_mean_something_in_a_connection_string()
    {
        using TemporaryFolder folder = new();
        string data = Path.Combine(folder.Path, "a;b='c");
        await using (ServiceProvider services = TemporaryStore.Open(data, new FakeTimeProvider(_now)))
        {
            new TextProtector(new DataFolder(data), Microsoft.Extensions.Options.Options.Create(new PrivacyOptions())).Check();
            await using Unlearning.Host.Storage.UnlearningDbContext db = await services.GetRequiredService<IDbContextFactory<Unlearning.Host.Storage.UnlearningDbContext>>().CreateDbContextAsync();
            await db.Database.MigrateAsync();
            await services.GetRequiredService<Unlearning.Host.Incidents.IncidentStore>().RecordAsync([Observe.Harmful("f") with { At = _now.AddDays(-1) }]);
        }

        (int code, JsonArray findings) = await RunAsync(data);
        Assert.True(code == 0, findings.ToJsonString());
        Assert.Contains(findings, finding => (string?)finding!["check"] == "key ring" && (string?)finding["what"] == "Stored text can be decrypted.");
    }

    [Theory]
    [InlineData("settings", "Unlearning:Recipe:Steps", "0", "Steps")]
    [InlineData("settings", "Unlearning:Api:Port", "many", "Port")]
    [InlineData("device", "Engine:Device", "gpu", "Engine:Device")]
    [InlineData("model", "Engine:Model", "models/none", "Engine:Model")]
    [InlineData("policies", "Unlearning:Policies:Directory", "no-such-folder", "Unlearning:Policies:Directory")]
    public async Task A_wrong_setting_is_named_with_its_fix(string check, string key, string value, string named)
    {
        await using TemporaryStore store = await HealthyAsync();
        Assert.Contains(named, await ProblemAsync(store.Path, check, (key, value)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_disk_is_judged_by_the_estimate_and_the_margin_that_a_run_is_refused_by()
    {
        await using TemporaryStore store = await HealthyAsync();
        (_, JsonArray findings) = await RunAsync(store.Path, null, ("Unlearning:Runs:DiskMarginMb", "300"), ("Unlearning:Evaluation:Requantise:0", "Q8_0"));
        using Unlearning.Engine.Weights.ICheckpoint model = Unlearning.Engine.Weights.Checkpoint.Open(
            Path.Combine(HomeFolder.Find(), Host.UnlearningHost.CreateBuilder(null).Configuration["Engine:Model"]!));
        int rank = int.Parse(Host.UnlearningHost.CreateBuilder(null).Configuration["Unlearning:Recipe:Rank"] ?? $"{new Host.Runs.Recipes.RecipeOptions().Rank}", System.Globalization.CultureInfo.InvariantCulture);
        long needed = Host.Runs.Limits.DiskNeed.Of(model.Config, rank, requantises: true) + (300L << 20);
        Assert.Contains($" {needed >> 20} MiB", (string?)findings.Single(finding => (string?)finding!["check"] == "disk")!["what"], StringComparison.Ordinal);

        // Two petabytes.
        await ProblemAsync(store.Path, "disk", ("Unlearning:Runs:DiskMarginMb", $"{int.MaxValue}"));
    }

    [Fact]
    public async Task A_store_that_is_none_is_named_and_the_other_checks_still_run()
    {
        await using TemporaryStore store = await HealthyAsync();
        await store.Services.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        File.Delete(Path.Combine(store.Path, "unlearning.db-wal"));
        await File.WriteAllTextAsync(Path.Combine(store.Path, "unlearning.db"), "this is no database, and long enough to be looked at as one");
        Assert.Contains("restore", await ProblemAsync(store.Path, "store"), StringComparison.Ordinal);
        Assert.Equal(19, (await RunAsync(store.Path)).Findings.Count);
    }

    [Fact]
    public async Task Lost_keys_are_named()
    {
        await using TemporaryStore store = await HealthyAsync();
        Directory.Move(Path.Combine(store.Path, "keys"), Path.Combine(store.Path, "elsewhere"));
        Assert.Contains("Unlearning:Privacy:KeyRing", await ProblemAsync(store.Path, "key ring"), StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(store.Path, "fingerprint.key"), "short");
        Assert.Contains("backup", await ProblemAsync(store.Path, "fingerprint key"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_behind_the_data_and_a_port_of_another_program_are_named()
    {
        await using TemporaryStore store = await HealthyAsync();
        (_, JsonArray early) = await RunAsync(store.Path, _now.AddYears(-1));
        Assert.Equal("problem", (string?)early.Single(finding => (string?)finding!["check"] == "clock")!["result"]);

        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        string port = $"{((IPEndPoint)other.LocalEndpoint).Port}";
        Assert.Contains("Unlearning:Api:Port", await ProblemAsync(store.Path, "port", ("Unlearning:Api:Port", port)), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_data_folder_that_others_may_read_is_a_warning_and_one_that_cannot_be_made_a_problem()
    {
        Skip.If(OperatingSystem.IsWindows(), "Permissions are Unix's.");
        await using TemporaryStore store = await HealthyAsync();
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(store.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead);
        (int code, JsonArray findings) = await RunAsync(store.Path);
        JsonNode found = findings.Single(finding => (string?)finding!["check"] == "data folder")!;
        Assert.Equal((0, "warning", $"chmod 700 '{store.Path}'"), (code, (string?)found["result"], (string?)found["fix"]));
        Assert.Contains("Unlearning:DataDirectory", await ProblemAsync("/proc/unlearning", "data folder"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Unlearning:Api:Address", "0.0.0.0", "Unlearning:Api:Address is '0.0.0.0'")]
    [InlineData("Kestrel:Endpoints:Open:Url", "http://0.0.0.0:80", "Kestrel:Endpoints adds")]
    [InlineData("preferHostingUrls", "true", "preferHostingUrls takes")]
    public async Task What_would_let_others_in_without_a_key_is_named(string key, string value, string named)
    {
        using TemporaryFolder folder = new();
        string problem = await ProblemAsync(Path.Combine(folder.Path, "data"), "exposure", (key, value));
        Assert.StartsWith(named, problem, StringComparison.Ordinal);
        Assert.Contains("keys create NAME --role admin", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_every_key_was_revoked_is_named_since_the_service_stays_closed()
    {
        await using TemporaryStore store = await HealthyAsync();
        AccessKeyStore keys = new(store.Contexts, store.Services.GetRequiredService<StoreWriter>(), store.Clock);
        await keys.RevokeAsync((await keys.CreateAsync("ada", Role.Admin, null, Actor.Local)).Key.Id, Actor.Local);

        Assert.Contains("nobody can call the service", await ProblemAsync(store.Path, "exposure"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_that_throws_is_a_finding() => Assert.Equal(
        new NamedFinding("broken", CheckResult.Problem, "It could not be checked: no library", "Mend what the other findings name, then try again."),
        await Checkup.GuardAsync(new Broken(), default));

    private static async Task<TemporaryStore> HealthyAsync()
    {
        TemporaryStore store = await TemporaryStore.CreateAsync();
        new TextProtector(new DataFolder(store.Path), Microsoft.Extensions.Options.Options.Create(new PrivacyOptions())).Check();
        await store.Incidents.RecordAsync([Observe.Harmful("f") with { At = _now.AddDays(-1) }]);
        return store;
    }

    private static async Task<string> ProblemAsync(string data, string check, params (string Key, string Value)[] settings)
    {
        (int code, JsonArray findings) = await RunAsync(data, null, settings);
        JsonNode found = findings.Single(finding => (string?)finding!["check"] == check)!;
        Assert.Equal((1, "problem"), (code, (string?)found["result"]));
        return $"{found["what"]} {found["fix"]}";
    }

    private static async Task<(int Code, JsonArray Findings)> RunAsync(string data, DateTimeOffset? now = null, params (string Key, string Value)[] settings)
    {
        Dictionary<string, string?> overrides = new() { ["Unlearning:DataDirectory"] = data, ["Unlearning:Api:Port"] = "0" };
        foreach ((string key, string value) in settings)
            overrides[key] = value;
        (int code, string output, string errors) = await VerbRun.OfAsync(DoctorCommand.Create(overrides, new FakeTimeProvider(now ?? _now)), "--json");
        Assert.Equal("", errors);
        return (code, JsonNode.Parse(output)!.AsArray());
    }

    private sealed class Broken : ICheck
    {
        public string Name => "broken";

        public Task<Finding> RunAsync(CancellationToken cancellationToken) => throw new TypeInitializationException("x", new DllNotFoundException("no library"));
    }
}
