using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Unlearning.Host.Audit;
using Unlearning.Host.Identity;
using Unlearning.Host.Incidents;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Storage;
using Unlearning.Host.Storage.Backups;
using Unlearning.Host.Tests.Incidents;
using Unlearning.Host.Tests.Jobs;
using Unlearning.Host.Tests.Releases;

namespace Unlearning.Host.Tests.Storage.Backups;

public sealed class BackupTests
{
    [Fact]
    public async Task A_backup_of_a_store_that_is_written_restores_to_one_that_is_whole_reads_its_text_and_serves_its_release()
    {
        using TemporaryFolder folder = new();
        (string data, string policies) = (Path.Combine(folder.Path, "data"), Policies(folder.Path));
        BackupReport report;
        Release release;
        Incident first;
        await using (JobHost host = await JobHost.StartAsync(data))
        {
            IncidentStore incidents = host.Services.GetRequiredService<IncidentStore>();
            first = Assert.Single(await incidents.RecordAsync([Observe.Harmful("first", SmallBackup.Said)]));
            release = await host.Services.GetRequiredService<ReleaseStore>()
                .SaveAsync(ReleaseHost.Manifest(), (place, _) => ReleaseHost.WriteContentAsync(place, "weights"));
            await host.Services.GetRequiredService<Promoter>().PromoteAsync(release.Id, "gates passed");

            using CancellationTokenSource enough = new();
            int written = 0;
            Task writing = Task.Run(async () =>
            {
                while (!enough.IsCancellationRequested)
                    await incidents.RecordAsync([Observe.Harmful($"f{Interlocked.Increment(ref written)}")]);
            });
            await JobHost.Eventually(() => Task.FromResult(Volatile.Read(ref written) > 3));
            report = new Backup(new DataFolder(data), null, policies, TimeProvider.System).Write(Path.Combine(folder.Path, "backups"), null, default);
            await enough.CancelAsync();
            await writing;
            Assert.Equal(release.Id, report.LiveRelease);
        }

        // What came after the backup is not in it.
        string target = Path.Combine(folder.Path, "restored");
        BackupReport restored = new Restoration(target, null, TimeProvider.System).Restore(report.File, force: false, default);
        Assert.Equal((target, null), (restored.DataFolder, restored.MovedAside));
        Assert.Null(DatabaseFile.Damage(Path.Combine(target, "unlearning.db")));
        Assert.Null(DatabaseFile.Damage(Path.Combine(target, "quartz.db")));
        Assert.Equal("wal", DatabaseFile.JournalMode(Path.Combine(target, "unlearning.db")));
        Assert.Equal("kind: Policy", await File.ReadAllTextAsync(Path.Combine(restored.Policies!, "one.yaml")));
        await using JobHost again = await JobHost.StartAsync(target);
        Assert.Equal(SmallBackup.Said, (await again.Services.GetRequiredService<IncidentStore>().FindAsync(first.Id))!.Answer);
        await again.Services.GetRequiredService<Promoter>().RestoreAsync();
        Assert.Equal(release.Id, again.Services.GetRequiredService<Unlearning.Plugin.Serving.ModelSlot>().ReleaseId);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(report.File));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(target));
        }
    }

    [Fact]
    public async Task Incidents_that_a_restored_journal_does_not_know_as_forgotten_are_opened_again()
    {
        using TemporaryFolder folder = new();
        string data = Path.Combine(folder.Path, "data"), journal = new DataFolder(data).LiveReleaseJournal;
        BackupReport report;
        Incident incident;
        await using (JobHost host = await JobHost.StartAsync(data))
        {
            IncidentStore incidents = host.Services.GetRequiredService<IncidentStore>();
            incident = Assert.Single(await incidents.RecordAsync([Observe.Harmful("f") with { BaseModelHash = "base-hash" }]));
            await host.Services.ReviewAsync([incident.Id], harmful: true);
            Release release = await host.Services.GetRequiredService<ReleaseStore>()
                .SaveAsync(ReleaseHost.Manifest(), (place, _) => ReleaseHost.WriteContentAsync(place, "weights"));
            await host.Services.RemediateAsync([incident.Id], release.Id);

            // As when a promotion falls between the copy of the journal and that of the database.
            Assert.False(File.Exists(journal));
            report = new Backup(new DataFolder(data), null, "none", TimeProvider.System).Write(Path.Combine(folder.Path, "backups"), null, default);
        }

        string target = Path.Combine(folder.Path, "restored");
        new Restoration(target, null, TimeProvider.System).Restore(report.File, force: false, default);
        await using JobHost again = await JobHost.StartAsync(target);
        await JobHost.Eventually(async () =>
            (await again.Services.GetRequiredService<IncidentStore>().FindAsync(incident.Id))!.Status == IncidentStatus.Confirmed);
    }

    [Fact]
    public void The_journal_is_copied_before_the_databases_and_what_they_speak_of_after_them()
    {
        using TemporaryFolder folder = new();
        foreach (string file in new[]
            {
                "audit.jsonl", "fingerprint.key", "live-release.jsonl", "quartz.db", "quartz.db-journal", "releases/0123/manifest.json", "releases/.staging-1/manifest.json",
                "keys/key-1.xml", "unlearning.db", "unlearning.db-shm", "runs/1/sets.json", "service.lock", "service.pid", "restored-policies/a.yaml",
            })
        {
            string path = Path.Combine(folder.Path, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, file);
        }

        Assert.Equal(
            ["live-release.jsonl", "quartz.db", "unlearning.db", "audit.jsonl", "fingerprint.key", "keys/key-1.xml", "releases/0123/manifest.json"],
            BackupLayout.FilesOf(folder.Path));
    }

    [Fact]
    public async Task The_audit_in_a_backup_is_whole_whatever_is_appended_to_it_meanwhile()
    {
        using TemporaryFolder folder = new();
        await SmallBackup.WriteAsync(folder.Path);
        DataFolder data = new(Path.Combine(folder.Path, "data"));
        AuditLog live = new(data, NullLogger<AuditLog>.Instance);
        live.Append(Noted());
        AuditWriter writer = new(() => live.Append(Noted()));
        BackupReport report = new Backup(data, null, "none", TimeProvider.System).Write(Path.Combine(folder.Path, "backups", "busy.tar.gz"), writer, default);
        Assert.True(writer.Appended > 2);

        string target = Path.Combine(folder.Path, "restored");
        new Restoration(target, null, TimeProvider.System).Restore(report.File, force: false, default);
        Assert.Empty(new AuditLog(new DataFolder(target), NullLogger<AuditLog>.Instance).Verify().Problems);
        Assert.Empty(live.Verify().Problems);
    }

    [Fact]
    public async Task Who_made_a_backup_is_in_the_live_audit_and_who_restored_it_in_the_restored_one_with_the_end_of_the_old()
    {
        using TemporaryFolder folder = new();
        string file = await SmallBackup.WriteAsync(folder.Path);
        DataFolder data = new(Path.Combine(folder.Path, "data"));
        AuditLog audit = new(data, NullLogger<AuditLog>.Instance);
        AuditEvent made = Assert.Single(audit.Read(9)).Event;
        Assert.Equal(("data.backup", $"os:{Environment.UserName}", Path.GetFileName(file)), (made.Action, made.Actor, made.Subject));
        AuditHead old = audit.Append(Noted());

        BackupReport restored = new Restoration(data.Path, null, TimeProvider.System).Restore(file, force: true, default);
        AuditEvent told = Assert.Single(audit.Read(9)).Event;
        Assert.Equal(("data.restore", $"os:{Environment.UserName}", Path.GetFileName(file)), (told.Action, told.Actor, told.Subject));
        Assert.Equal($"{old.Sequence}:{old.Hash}", told.Details["head"]);
        Assert.Equal(restored.Created, DateTimeOffset.Parse(told.Details["created"], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Empty(audit.Verify().Problems);

        // What is replaced may be broken.
        await File.WriteAllTextAsync(data.Audit, "no entry\n");
        new Restoration(data.Path, null, new FakeTimeProvider(DateTimeOffset.UnixEpoch)).Restore(file, force: true, default);
        Assert.Contains("damaged", Assert.Single(audit.Read(9)).Event.Details["head"], StringComparison.Ordinal);
    }

    [Fact]
    public void An_audit_that_begins_while_a_backup_is_made_is_copied_after_its_head()
    {
        using TemporaryFolder folder = new();
        DataFolder data = new(folder.Path);
        new AuditLog(data, NullLogger<AuditLog>.Instance).Append(Noted());
        File.WriteAllText(Path.Combine(folder.Path, "a.txt"), "");
        Assert.Equal(["audit-head.json", "audit.jsonl", "a.txt"], BackupLayout.FilesOf(folder.Path));
    }

    [Fact]
    public async Task A_backup_never_takes_the_place_of_a_file_nor_lies_in_the_data_folder_and_a_target_that_cannot_be_written_is_named()
    {
        using TemporaryFolder folder = new();
        string file = await SmallBackup.WriteAsync(folder.Path);
        byte[] before = await File.ReadAllBytesAsync(file);
        Backup backup = new(new DataFolder(Path.Combine(folder.Path, "data")), null, "none", TimeProvider.System);
        Assert.Contains("there already", Assert.ThrowsAny<IOException>(() => backup.Write(file, null, default)).Message, StringComparison.Ordinal);
        Assert.Contains("data folder itself", Assert.ThrowsAny<IOException>(() => backup.Write(Path.Combine(folder.Path, "data", "backups"), null, default)).Message, StringComparison.Ordinal);
        Assert.ThrowsAny<IOException>(() => backup.Write(Path.Combine(file, "below-a-file"), null, default));
        using CancellationTokenSource cancelled = new();
        await cancelled.CancelAsync();
        Assert.ThrowsAny<OperationCanceledException>(() => backup.Write(Path.Combine(folder.Path, "backups", "third.tar.gz"), null, cancelled.Token));
        Assert.Equal([file], Directory.GetFileSystemEntries(Path.Combine(folder.Path, "backups")));
        Assert.Equal(before, await File.ReadAllBytesAsync(file));
    }

    [Fact]
    public async Task A_damaged_database_is_no_backup()
    {
        using TemporaryFolder folder = new();
        await SmallBackup.WriteAsync(folder.Path);
        string store = Path.Combine(folder.Path, "data", "unlearning.db");
        using (FileStream stream = new(store, FileMode.Open, FileAccess.ReadWrite))
        {
            stream.Seek(4096, SeekOrigin.Begin);
            stream.Write(new byte[8192]);
        }

        Exception failure = Assert.ThrowsAny<Exception>(
            () => new Backup(new DataFolder(Path.Combine(folder.Path, "data")), null, "none", TimeProvider.System).Write(Path.Combine(folder.Path, "second"), null, default));
        Assert.True(failure is IOException or SqliteException, failure.ToString());
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(folder.Path, "second")));
    }

    private static AuditEvent Noted() => AuditEvent.Create(TimeProvider.System, Actor.Service, "incident.note", "one");

    private static string Policies(string folder)
    {
        string policies = Directory.CreateDirectory(Path.Combine(folder, "policies")).FullName;
        File.WriteAllText(Path.Combine(policies, "one.yaml"), "kind: Policy");
        return policies;
    }

    /// <summary>Somebody who does something each time that the backup has copied a file.</summary>
    private sealed class AuditWriter(Action append) : IProgress<double>
    {
        public int Appended { get; private set; }

        public void Report(double value)
        {
            append();
            Appended++;
        }
    }
}
