using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Unlearning.Host.Cli.Audit;
using Unlearning.Host.Cli.Keys;
using Unlearning.Host.Tests.Api;
using Unlearning.Host.Tests.Cli.Terminal;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Cli;

public sealed class KeysAndAuditCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private Dictionary<string, string?> Settings => new() { ["Unlearning:DataDirectory"] = Path.Combine(_folder.Path, "data") };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_first_key_can_be_made_before_the_service_ever_ran_and_all_of_it_is_in_the_audit()
    {
        VerbRun made = await Keys("create", "alice", "--role", "admin");
        Assert.True(made.Code == 0, made.Errors);
        Assert.StartsWith("ulk_", made.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("ulk_", made.Errors, StringComparison.Ordinal);
        Assert.Equal(0, (await Keys("create", "bob", "--role", "approver", "--days", "90")).Code);

        JsonArray keys = JsonNode.Parse((await Keys("list", "--json")).Output)!.AsArray();
        Assert.Equal(["alice/admin", "bob/approver"], keys.Select(key => $"{key!["name"]}/{key["role"]}"));
        VerbRun revoked = await Keys("revoke", (string)keys[1]!["id"]!);
        Assert.Contains("bob, approver: revoked", revoked.Output, StringComparison.Ordinal);

        VerbRun audit = await Audit("list", "--json");
        Assert.Equal(["key.revoke", "key.create", "key.create"], JsonNode.Parse(audit.Output)!.AsArray().Select(line => (string)line!["action"]!));
        Assert.Equal($"os:{Environment.UserName}", (string)JsonNode.Parse(audit.Output)![0]!["actor"]!);
        Assert.Contains("key.revoke", (await Audit("list")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_that_differ_in_capitals_are_one_person()
    {
        Assert.Equal(0, (await Keys("create", "Alice", "--role", "admin")).Code);
        VerbRun second = await Keys("create", "ALICE", "--role", "reviewer");
        Assert.Contains(" of alice, reviewer", second.Errors, StringComparison.Ordinal);

        JsonArray keys = JsonNode.Parse((await Keys("list", "--json")).Output)!.AsArray();
        Assert.Equal(["alice/admin", "alice/reviewer"], keys.Select(key => $"{key!["name"]}/{key["role"]}").Order());
    }

    [Fact]
    public async Task A_key_that_has_ended_is_listed_as_expired()
    {
        Assert.Equal(0, (await Keys("create", "alice", "--role", "admin")).Code);
        Assert.Equal(0, (await Keys("create", "bob", "--role", "approver", "--days", "3650")).Code);
        Assert.DoesNotContain("expired", (await Keys("list")).Output, StringComparison.Ordinal);

        VerbRun later = await VerbRun.OfAsync(KeysCommand.Create(Settings, new FakeTimeProvider(new DateTimeOffset(2999, 1, 1, 0, 0, 0, TimeSpan.Zero))), "list");
        string[] lines = later.Output.TrimEnd().Split('\n');
        Assert.EndsWith("counts", lines.Single(line => line.Contains("alice", StringComparison.Ordinal)).TrimEnd(), StringComparison.Ordinal);
        Assert.EndsWith("expired", lines.Single(line => line.Contains("bob", StringComparison.Ordinal)).TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wish_that_cannot_be_is_one_sentence_and_exit_code_one()
    {
        VerbRun viewer = await Keys("create", "vera", "--role", "viewer");
        Assert.Equal(1, viewer.Code);
        Assert.Contains("role admin first", viewer.Errors, StringComparison.Ordinal);
        VerbRun unknown = await Keys("revoke", "nobody");
        Assert.Equal(1, unknown.Code);
        Assert.Contains("'nobody'", unknown.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_are_made_through_a_service_by_its_admin_only()
    {
        await using ApiHost host = await ApiHost.StartAsync(incidents: true);
        string url = host.Http.BaseAddress!.ToString();
        VerbRun made = await Keys("create", "alice", "--role", "admin", "--url", url, "--json");
        Assert.True(made.Code == 0, made.Errors);
        Assert.Equal("local", (string)JsonNode.Parse(made.Output)!["key"]!["createdBy"]!);

        VerbRun shut = await Keys("list", "--url", url);
        Assert.Equal(1, shut.Code);
        Assert.Contains("UNLEARNING_KEY", shut.Errors, StringComparison.Ordinal);
        VerbRun nobody = await Keys("list", "--url", "http://127.0.0.1:1");
        Assert.Contains("No service answers at http://127.0.0.1:1", nobody.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_audit_is_verified_exported_and_its_tampering_found_by_exit_code()
    {
        Assert.Equal(0, (await Keys("create", "alice", "--role", "admin")).Code);
        string file = Path.Combine(_folder.Path, "data", "audit.jsonl"), export = Path.Combine(_folder.Path, "export.jsonl");

        VerbRun whole = await Audit("verify");
        Assert.Equal(0, whole.Code);
        string head = whole.Output.Trim().Split(' ')[^1];
        Assert.Equal(0, (await Audit("verify", "--head", head)).Code);
        Assert.Equal(1, (await Audit("verify", "--head", "1:" + new string('0', 64))).Code);
        Assert.Equal(1, (await Audit("verify", "--head", "9")).Code);
        VerbRun exported = await Audit("export", "--to", export);
        Assert.Equal((0, true), (exported.Code, exported.Output.TrimEnd().EndsWith($"up to head {head}", StringComparison.Ordinal)));
        Assert.Equal(await File.ReadAllBytesAsync(file), await File.ReadAllBytesAsync(export));
        Assert.Equal(1, (await Audit("export", "--to", export)).Code);

        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("alice", "alicf", StringComparison.Ordinal));
        VerbRun changed = await Audit("verify", "--json");
        Assert.Equal(1, changed.Code);
        Assert.False(JsonDocument.Parse(changed.Output).RootElement.GetProperty("isWhole").GetBoolean());
        Assert.Contains("audit verify", (await Audit("list")).Errors, StringComparison.Ordinal);
        VerbRun evidence = await Audit("export", "--to", $"{export}.evidence", "--json");
        Assert.Equal((1, false), (evidence.Code, JsonDocument.Parse(evidence.Output).RootElement.GetProperty("isWhole").GetBoolean()));
        Assert.Equal(await File.ReadAllBytesAsync(file), await File.ReadAllBytesAsync($"{export}.evidence"));
    }

    private Task<VerbRun> Keys(params string[] arguments) => VerbRun.OfAsync(KeysCommand.Create(Settings), arguments);

    private Task<VerbRun> Audit(params string[] arguments) => VerbRun.OfAsync(AuditCommand.Create(Settings), arguments);
}
