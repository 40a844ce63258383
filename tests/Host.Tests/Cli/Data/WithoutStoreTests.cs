using System.CommandLine;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Unlearning.Host.Cli.Audit;
using Unlearning.Host.Cli.Backups;
using Unlearning.Host.Cli.Incidents;
using Unlearning.Host.Cli.Releases;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Storage;
using Unlearning.Host.Tests.Cli.Terminal;
using Unlearning.Host.Tests.Releases;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Cli.Data;

/// <summary>What must work when the database is gone is typed then, too.</summary>
public sealed class WithoutStoreTests
{
    [Fact]
    public async Task A_release_is_taken_back_verified_and_backed_up_and_the_audit_read_when_the_database_is_gone()
    {
        using TemporaryFolder folder = new();
        string data = Path.Combine(folder.Path, "data");
        await using (ReleaseHost host = await ReleaseHost.StartAsync(data))
        {
            Release release = await host.Store.SaveAsync(ReleaseHost.Manifest(), (place, _) => ReleaseHost.WriteContentAsync(place, "weights"));
            await host.Promoter.PromoteAsync(release.Id, "gates passed");
        }

        SqliteConnection.ClearAllPools();
        foreach (string file in Directory.GetFiles(data, "*.db*"))
            File.Delete(file);
        Dictionary<string, string?> settings = new() { ["Unlearning:DataDirectory"] = data };
        FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero));
        Command releases = ReleasesCommand.Create(settings, clock);

        await WorksAsync("rolled back", releases, "rollback", "--offline", "--reason", "the database is gone");
        Assert.Equal(Release.BaseId, new LiveReleaseJournal(new DataFolder(data)).Read().Current);
        await WorksAsync("whole", releases, "verify");
        await WorksAsync("release.rollback", AuditCommand.Create(settings), "list");
        await WorksAsync("whole", AuditCommand.Create(settings), "verify");
        await WorksAsync("up to head", AuditCommand.Create(settings), "export", "--to", Path.Combine(folder.Path, "audit.jsonl"));
        VerbRun backup = await WorksAsync(".tar.gz", BackupCommand.Create(settings, clock), "--to", Path.Combine(folder.Path, "backups"));
        Assert.Contains("unlearning.db", backup.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(data, "unlearning.db")));
    }

    [Fact]
    public async Task A_folder_that_is_no_services_is_not_taken_for_one_without_data_and_what_reads_the_store_asks_for_it()
    {
        using TemporaryFolder folder = new();
        Dictionary<string, string?> settings = new() { ["Unlearning:DataDirectory"] = folder.Path };
        foreach (VerbRun wrong in new[]
            {
                await VerbRun.OfAsync(AuditCommand.Create(settings), "verify"),
                await VerbRun.OfAsync(ReleasesCommand.Create(settings), "rollback", "--offline", "--reason", "why"),
                await VerbRun.OfAsync(BackupCommand.Create(settings), "--to", Path.Combine(folder.Path, "backups")),
            })
        {
            Assert.Equal(1, wrong.Code);
            Assert.Contains("Unlearning:DataDirectory", wrong.Errors, StringComparison.Ordinal);
        }

        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "audit.jsonl"), "");
        using StringReader input = new("");
        VerbRun list = await VerbRun.OfAsync(IncidentsCommand.Create(settings, input), "list");
        Assert.Equal(1, list.Code);
        Assert.Contains("no store", list.Errors, StringComparison.Ordinal);
    }

    private static async Task<VerbRun> WorksAsync(string said, Command verb, params string[] arguments)
    {
        VerbRun run = await VerbRun.OfAsync(verb, arguments);
        Assert.True(run.Code == 0, $"{string.Join(' ', arguments)}: {run.Errors}");
        Assert.Contains(said, run.Output, StringComparison.Ordinal);
        return run;
    }
}
