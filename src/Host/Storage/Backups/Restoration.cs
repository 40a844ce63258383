using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Unlearning.Host.Audit;
using Unlearning.Host.Identity;
using Unlearning.Host.Privacy;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Journal;

namespace Unlearning.Host.Storage.Backups;

/// <summary>
/// Puts a backup in the place of a data folder. It is unpacked beside it and tried there first: hashes, databases, keys, the live release. What
/// was in the place is moved aside, never deleted.
/// </summary>
/// <param name="target">The data folder.</param>
/// <param name="keyRing">The configured key ring; null for the data folder's own.</param>
/// <param name="time">Dates the name under which the old folder is kept.</param>
/// <param name="swap">Swaps two folders; null for <see cref="FolderExchange.Swap"/>.</param>
internal sealed class Restoration(string target, string? keyRing, TimeProvider time, Action<string, string>? swap = null)
{
    private readonly string _target = Path.TrimEndingDirectorySeparator(
        (Directory.Exists(target) ? Directory.ResolveLinkTarget(Path.GetFullPath(target), returnFinalTarget: true)?.FullName : null) ?? Path.GetFullPath(target));

    /// <summary>Restores.</summary>
    /// <param name="file">The backup.</param>
    /// <param name="force">Moves a folder aside that holds data.</param>
    /// <param name="cancellationToken">Stops until the folder is put in its place.</param>
    /// <exception cref="IOException">The backup is damaged or of a newer program, data is there, or a service works on it. Nothing is changed.</exception>
    public BackupReport Restore(string file, bool force, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
            throw new FileNotFoundException($"There is no backup '{file}'.");
        bool there = Directory.Exists(_target);
        using ServiceLock? mine = there ? ServiceLock.Acquire(new DataFolder(_target)) : null;
        bool holdsData = there && Directory.EnumerateFileSystemEntries(_target).Any(entry => !ServiceLock.FileNames.Contains(Path.GetFileName(entry)));
        if (holdsData && !force)
            throw new IOException($"'{_target}' holds data. Repeat with --force to move it aside, or restore --to another folder.");

        using WorkFolder work = WorkFolder.Create(Path.GetDirectoryName(_target)!, $"{Path.GetFileName(_target)}.restoring-");
        BackupManifest manifest = BackupArchive.Extract(file, work.Folder.Path, cancellationToken);
        DataFolder restored = new(Path.Combine(work.Folder.Path, BackupLayout.Data.TrimEnd('/')));
        (string ring, bool outside) = Keys(work.Folder.Path, restored.Path);
        Try(file, restored, work.Folder.Path, outside);
        string backupPolicies = Path.Combine(work.Folder.Path, BackupLayout.Policies.TrimEnd('/'));
        bool policies = Directory.Exists(backupPolicies);
        if (policies)
            Directory.Move(backupPolicies, Path.Combine(restored.Path, BackupLayout.RestoredPolicies));
        Record(file, restored, manifest, holdsData);
        DurableFile.FlushTree(restored.Path);

        cancellationToken.ThrowIfCancellationRequested();
        if (outside)
            AddKeys(Path.Combine(work.Folder.Path, BackupLayout.KeyRing.TrimEnd('/')), ring);
        string? aside = PutInPlace(restored.Path, mine, holdsData);
        return new BackupReport(
            Path.GetFullPath(file), new FileInfo(file).Length, manifest.Files.Count, manifest.Created, manifest.LiveRelease, outside ? ring : null, _target, aside,
            policies ? Path.Combine(_target, BackupLayout.RestoredPolicies) : null);
    }

    /// <summary>
    /// Where the keys belong. A ring from elsewhere goes where the settings say; without such a setting it becomes the data folder's own, and
    /// the data folder's own goes along where they do.
    /// </summary>
    private (string Ring, bool Outside) Keys(string work, string restored)
    {
        string carried = Path.Combine(work, BackupLayout.KeyRing.TrimEnd('/'));
        (string ring, bool outside) = BackupLayout.Ring(_target, keyRing);
        if (outside && !Directory.Exists(carried) && Directory.Exists(Path.Combine(restored, "keys")))
            Directory.Move(Path.Combine(restored, "keys"), carried);
        else if (!outside && Directory.Exists(carried))
            Directory.Move(carried, BackupLayout.Ring(restored, Path.GetRelativePath(_target, ring)).Folder);
        return (ring, outside && Directory.Exists(carried));
    }

    private void Try(string file, DataFolder restored, string work, bool outside)
    {
        foreach (string database in Directory.EnumerateFiles(restored.Path, "*.db"))
        {
            if (DatabaseFile.Damage(database) is { } damage)
                throw new IOException($"'{file}' holds a damaged {Path.GetFileName(database)} ({damage}). Nothing was changed. Use another backup.");
        }

        if (File.Exists(Path.Combine(restored.Path, "unlearning.db")))
            DatabaseFile.UseWriteAheadLog(Path.Combine(restored.Path, "unlearning.db"));

        using (UnlearningDbContext db = new(new DbContextOptionsBuilder<UnlearningDbContext>().UseSqlite($"{restored.UnlearningConnectionString};Pooling=False").Options))
        {
            if (File.Exists(Path.Combine(restored.Path, "unlearning.db")) && db.Database.GetAppliedMigrations().Except(db.Database.GetMigrations()).Any())
                throw new IOException($"'{file}' was written by a newer version of this program. Nothing was changed. Update first.");
        }

        string? ring = outside ? Path.Combine(work, BackupLayout.KeyRing.TrimEnd('/')) : keyRing is null ? null : Path.GetRelativePath(_target, BackupLayout.Ring(_target, keyRing).Folder);
        new TextProtector(restored, Options.Create(new PrivacyOptions { KeyRing = ring })).CheckOnly();
        JournalHistory journal = new LiveReleaseJournal(restored).Read();
        if (journal.Current != Release.BaseId)
            new ReleaseStore(restored).Verify(journal.Current, journal.Last!.ContentHash);
    }

    /// <summary>Tells the restored audit what happened, and where the audit ended that it takes the place of.</summary>
    private void Record(string file, DataFolder restored, BackupManifest manifest, bool holdsData)
    {
        List<(string Key, string Value)> details = [("created", manifest.Created.UtcDateTime.ToString("O", CultureInfo.InvariantCulture))];
        if (holdsData)
            details.Add(("head", HeadOf(new DataFolder(_target))));
        try
        {
            new AuditLog(restored, NullLogger<AuditLog>.Instance)
                .Append(AuditEvent.Create(time, Actor.System, "data.restore", Path.GetFileName(file), null, [.. details]));
        }
        catch (InvalidDataException)
        {
            throw new IOException($"'{file}' holds a damaged audit, to which nothing can be added. Nothing was changed. Use another backup.");
        }
    }

    // What is replaced may be broken in any way; that is why it is replaced.
    private static string HeadOf(DataFolder old)
    {
        try
        {
            AuditVerification found = new AuditLog(old, NullLogger<AuditLog>.Instance).Verify();
            return $"{found.Head.Sequence}:{found.Head.Hash}" + (found.IsWhole ? "" : ", damaged");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "unreadable";
        }
    }

    private static void AddKeys(string from, string ring)
    {
        DataFolder folder = new(ring);
        foreach (string key in Directory.EnumerateFiles(from))
            DurableFile.CreateOnce(Path.Combine(folder.Path, Path.GetFileName(key)), File.ReadAllBytes(key));
    }

    private string? PutInPlace(string restored, ServiceLock? mine, bool holdsData)
    {
        string parent = Path.GetDirectoryName(_target)!;
        if (mine is null)
        {
            Directory.Move(restored, _target);
            DurableFile.FlushDirectory(parent);
            return null;
        }

        // A folder of work is deleted with what is in it, so the old data must not come to lie there; and a name that says that it is the old data
        // is given to nothing else. In between both folders go by a name that says neither.
        string moment = string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow().UtcDateTime:yyyyMMdd-HHmmss}");
        string aside = $"{_target}.before-restore-{moment}", exchange = $"{_target}.exchange-{moment}";
        foreach (string taken in new[] { aside, exchange }.Where(Path.Exists))
            throw new IOException($"'{taken}' is there already. Try again in a second.");
        if (OperatingSystem.IsWindows())
            mine.Dispose();
        Directory.Move(restored, exchange);
        try
        {
            (swap ?? FolderExchange.Swap)(_target, exchange);
        }
        catch
        {
            if (Directory.Exists(_target))
                Directory.Delete(exchange, recursive: true);
            throw;
        }

        // The lock is the old folder's and went with it; a service may have taken the new one's already.
        mine.Moved(new DataFolder(exchange));
        DurableFile.FlushDirectory(parent);
        if (!holdsData)
        {
            mine.Dispose();
            Directory.Delete(exchange, recursive: true);
            return null;
        }

        Directory.Move(exchange, aside);
        mine.Moved(new DataFolder(aside));
        DurableFile.FlushDirectory(parent);
        return aside;
    }
}
