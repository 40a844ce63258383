using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Cli.Backups;
using Unlearning.Host.Storage;
using Unlearning.Host.Storage.Backups;
using Unlearning.Host.Tests.Cli.Terminal;

namespace Unlearning.Host.Tests.Storage.Backups;

public sealed class RestorationTests
{
    [Fact]
    public async Task A_restore_warns_of_keys_that_were_revoked_since()
    {
        using TemporaryFolder folder = new();
        string file = await SmallBackup.WriteAsync(folder.Path);
        VerbRun run = await VerbRun.OfAsync(RestoreCommand.Create(), file, "--to", Path.Combine(folder.Path, "restored"), "--json");
        Assert.True(run.Code == 0, run.Errors);
        Assert.Contains("revoked", run.Errors, StringComparison.Ordinal);
        Assert.Contains("'keys list'", run.Errors, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Only_the_old_folder_is_ever_called_so_and_a_service_that_starts_on_the_new_one_at_once_is_left_alone()
    {
        Skip.If(OperatingSystem.IsWindows(), "There the lock is given back before the swap.");
        using TemporaryFolder folder = new();
        string file = await SmallBackup.WriteAsync(folder.Path), target = Path.Combine(folder.Path, "target"), pid = Path.Combine(target, "service.pid");
        Directory.CreateDirectory(target);
        await File.WriteAllTextAsync(Path.Combine(target, "old.txt"), "old");
        BackupReport restored = new Restoration(target, null, TimeProvider.System, (one, other) =>
        {
            Assert.Empty(Directory.GetDirectories(folder.Path, "*before-restore*"));
            FolderExchange.Swap(one, other);
            Assert.Empty(Directory.GetDirectories(folder.Path, "*before-restore*"));
            File.WriteAllText(pid, "4711");
        }).Restore(file, force: true, default);

        Assert.Equal("4711", await File.ReadAllTextAsync(pid));
        Assert.False(File.Exists(Path.Combine(restored.MovedAside!, "service.pid")));
        Assert.Equal("old", await File.ReadAllTextAsync(Path.Combine(restored.MovedAside!, "old.txt")));
        Assert.Empty(Directory.GetDirectories(folder.Path, "*exchange*"));
    }

    [Fact]
    public async Task Any_flipped_byte_of_a_backup_is_found_and_nothing_is_changed()
    {
        using TemporaryFolder folder = new();
        string file = await SmallBackup.WriteAsync(folder.Path), target = Path.Combine(folder.Path, "restored");
        byte[] whole = await File.ReadAllBytesAsync(file);

        for (int i = 0; i < whole.Length; i += 1 + (whole.Length / 150))
        {
            byte[] flipped = [.. whole];
            flipped[i] ^= 0x40;
            await File.WriteAllBytesAsync(file, flipped);
            Exception? failure = Record.Exception(() => new Restoration(target, null, TimeProvider.System).Restore(file, force: true, default));
            Assert.True(failure is IOException, $"byte {i} of {whole.Length}: {failure}");
            Assert.Equal([Path.Combine(folder.Path, "backups"), Path.Combine(folder.Path, "data")], Directory.GetDirectories(folder.Path).Order(StringComparer.Ordinal));
        }

        foreach (int length in new[] { 0, 9, whole.Length / 2, whole.Length - 1 })
        {
            await File.WriteAllBytesAsync(file, whole[..length]);
            Assert.ThrowsAny<IOException>(() => new Restoration(target, null, TimeProvider.System).Restore(file, force: true, default));
        }

        Assert.False(Directory.Exists(target));
    }

    [Fact]
    public async Task Data_is_moved_aside_only_when_that_is_asked_for_and_never_under_a_service()
    {
        using TemporaryFolder folder = new();
        string file = await SmallBackup.WriteAsync(folder.Path), target = Path.Combine(folder.Path, "target");
        Directory.CreateDirectory(target);
        await File.WriteAllTextAsync(Path.Combine(target, "old.txt"), "old");
        Restoration restoration = new(target, null, TimeProvider.System);
        Assert.Contains("--force", Assert.ThrowsAny<IOException>(() => restoration.Restore(file, force: false, default)).Message, StringComparison.Ordinal);
        using (ServiceLock.Acquire(new DataFolder(target)))
            Assert.Throws<ServiceLockedException>(() => restoration.Restore(file, force: true, default));
        Assert.Equal("old", await File.ReadAllTextAsync(Path.Combine(target, "old.txt")));

        BackupReport restored = restoration.Restore(file, force: true, default);
        Assert.Equal("old", await File.ReadAllTextAsync(Path.Combine(restored.MovedAside!, "old.txt")));
        Assert.True(File.Exists(Path.Combine(target, "unlearning.db")));
        Assert.False(File.Exists(Path.Combine(target, "old.txt")));
        Assert.DoesNotContain(Directory.GetDirectories(folder.Path), path => path.Contains(".restoring-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_killed_backup_or_restore_left_is_gone_after_the_next_one_and_what_a_living_one_makes_is_not()
    {
        using TemporaryFolder folder = new();
        string file = await SmallBackup.WriteAsync(folder.Path), target = Path.Combine(folder.Path, "target");
        string dead = Path.Combine(folder.Path, "target.restoring-dead"), alive = Path.Combine(folder.Path, "target.restoring-alive");
        string half = Path.Combine(folder.Path, "backups", ".unlearning-backup-half"), foreign = Path.Combine(folder.Path, "backups", ".staging-of-another-program");
        foreach (string debris in new[] { dead, alive, half, foreign })
        {
            Directory.CreateDirectory(debris);
            await File.WriteAllTextAsync(Path.Combine(debris, "half"), "half");
        }

        using (ServiceLock.Acquire(new DataFolder(alive)))
            new Restoration(target, null, TimeProvider.System).Restore(file, force: false, default);
        new Backup(new DataFolder(target), null, "none", TimeProvider.System).Write(Path.Combine(folder.Path, "backups", "second.tar.gz"), null, default);
        Assert.Equal((false, true, false), (Directory.Exists(dead), Directory.Exists(alive), Directory.Exists(half)));
        Assert.Equal("half", await File.ReadAllTextAsync(Path.Combine(foreign, "half")));
        Assert.Equal(3, Directory.GetFileSystemEntries(Path.Combine(folder.Path, "backups")).Length);
    }

    [Fact]
    public async Task A_key_ring_elsewhere_comes_along_and_goes_where_the_settings_say()
    {
        using TemporaryFolder folder = new();
        string file = await SmallBackup.WriteAsync(folder.Path, ring: Path.Combine(folder.Path, "vault"));
        Directory.Delete(Path.Combine(folder.Path, "vault"), recursive: true);

        string own = Path.Combine(folder.Path, "own"), apart = Path.Combine(folder.Path, "apart"), vault = Path.Combine(folder.Path, "vault2");
        Assert.Null(new Restoration(own, null, TimeProvider.System).Restore(file, force: false, default).KeyRing);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(own, "keys")));
        Assert.Equal(vault, new Restoration(apart, vault, TimeProvider.System).Restore(file, force: false, default).KeyRing);
        Assert.NotEmpty(Directory.GetFiles(vault));
        Assert.False(Directory.Exists(Path.Combine(apart, "keys")));
    }
}
