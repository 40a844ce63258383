using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Reflection;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Unlearning.Host.Audit;
using Unlearning.Host.Identity;
using Unlearning.Host.Privacy;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Journal;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Host.Storage.Backups;

/// <summary>
/// Copies a data folder, the key ring and the policies in force into one file, beside a running service. The file appears whole and
/// read back, or not at all, for its owner only.
/// </summary>
/// <param name="data">The data folder.</param>
/// <param name="keyRing">The configured key ring; null for the data folder's own.</param>
/// <param name="policies">The folder of the policies in force.</param>
/// <param name="time">Dates the backup.</param>
internal sealed class Backup(DataFolder data, string? keyRing, string policies, TimeProvider time)
{
    // The folder is the user's, where other programs may have what they will: a name that only this one gives.
    private const string WorkPrefix = ".unlearning-backup-";

    private const string Extension = ".tar.gz";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes the backup.</summary>
    /// <param name="to">A new file, whose name ends in <c>.tar.gz</c>, or a folder in which the file is named by its date.</param>
    /// <param name="progress">Gets the share that is done, 0 to 1.</param>
    /// <param name="cancellationToken">Stops; nothing is left then.</param>
    /// <exception cref="IOException">The file exists, the data cannot be copied, or what was copied is damaged.</exception>
    /// <exception cref="InvalidDataException">The audit ends in what is no entry, so that the backup cannot be recorded.</exception>
    public BackupReport Write(string to, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        string file = Path.GetFullPath(to);
        if (!file.EndsWith(Extension, StringComparison.Ordinal))
            file = Path.Combine(file, string.Create(CultureInfo.InvariantCulture, $"unlearning-{now.UtcDateTime:yyyyMMdd-HHmmss}{Extension}"));
        if (File.Exists(file) || Directory.Exists(file))
            throw new IOException($"'{file}' is there already. Name another file.");
        string folder = Path.GetDirectoryName(file)!;
        if (Path.GetRelativePath(data.Path, folder).Split(Path.DirectorySeparatorChar)[0] is not ".." && !Path.IsPathRooted(Path.GetRelativePath(data.Path, folder)))
            throw new IOException($"'{folder}' is in the data folder itself, which is what a backup is to outlive. Name another one.");

        using WorkFolder work = WorkFolder.Create(folder, WorkPrefix);
        string archive = Path.Combine(work.Folder.Path, "archive");
        BackupManifest manifest = WriteArchive(archive, work.Folder.Path, now, progress, cancellationToken);
        BackupArchive.Check(archive, cancellationToken);

        // Whoever takes the texts out is on record, or gets no file. The entry is not in the backup itself.
        new AuditLog(data, NullLogger<AuditLog>.Instance).Append(AuditEvent.Create(
            time, Actor.System, "data.backup", Path.GetFileName(file), null, ("files", $"{manifest.Files.Count}"), ("release", manifest.LiveRelease)));
        if (!DurableFile.GiveName(archive, file))
            throw new IOException($"'{file}' is there already. Name another file.");
        DurableFile.FlushDirectory(folder);
        return new BackupReport(file, new FileInfo(file).Length, manifest.Files.Count, now, manifest.LiveRelease, manifest.KeyRing, data.Path);
    }

    private BackupManifest WriteArchive(
        string archive, string work, DateTimeOffset now, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        (string ring, bool outside) = BackupLayout.Ring(data.Path, keyRing);
        List<(string Name, string File)> sources = [];
        DataFolder copies = new(Path.Combine(work, "copies"));
        foreach (string name in BackupLayout.FilesOf(data.Path))
        {
            cancellationToken.ThrowIfCancellationRequested();
            sources.Add((BackupLayout.Data + name, CopyOf(name, copies.Path)));
        }

        // Listed again after the databases were copied: they may speak of what was made meanwhile.
        HashSet<string> known = [.. sources.Select(source => source.Name)];
        sources.AddRange(BackupLayout.FilesOf(data.Path).Where(name => !BackupLayout.IsDatabase(name) && known.Add(BackupLayout.Data + name))
            .Select(name => (BackupLayout.Data + name, CopyOf(name, copies.Path))));
        if (outside && Directory.Exists(ring))
            sources.AddRange(Directory.EnumerateFiles(ring).Order(StringComparer.Ordinal).Select(key => (BackupLayout.KeyRing + Path.GetFileName(key), key)));
        sources.AddRange(Policies(Path.Combine(work, "policies")));
        new TextProtector(data, Options.Create(new PrivacyOptions { KeyRing = keyRing })).CheckOnly();

        List<BackupFile> files = [];
        string live = LiveRelease(copies, sources);
        BackupManifest manifest = new(BackupManifest.CurrentFormat, Version, now, Schema(copies.UnlearningConnectionString), live, outside ? ring : null, files);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using FileStream stream = new(archive, options);
        using (GZipStream zip = new(stream, CompressionLevel.Fastest, leaveOpen: true))
        using (TarWriter tar = new(zip))
        {
            long all = Math.Max(1, sources.Sum(source => File.Exists(source.File) ? new FileInfo(source.File).Length : 0)), done = 0;
            foreach ((string name, string source) in sources)
            {
                cancellationToken.ThrowIfCancellationRequested();
                BackupFile added = Add(tar, name, source, now);
                files.Add(added);
                done += added.Size;
                progress?.Report(Math.Min(1, (double)done / all));
            }

            using MemoryStream json = new(JsonSerializer.SerializeToUtf8Bytes(manifest, BackupLayout.Json));
            tar.WriteEntry(Entry(BackupManifest.FileName, json, now));
        }

        BackupSeal.Append(stream);
        stream.Flush(flushToDisk: true);
        return manifest;
    }

    /// <summary>What stands for a file while the archive is written: databases and journals go on being written, and the audit's head with them; the rest does not.</summary>
    private string CopyOf(string name, string copies)
    {
        string source = Path.Combine(data.Path, name), copy = Path.Combine(copies, name);
        if (BackupLayout.IsDatabase(name))
        {
            DatabaseFile.Copy(source, copy);
            return DatabaseFile.Damage(copy) is not { } damage ? copy : throw new IOException(
                $"'{source}' is damaged ({damage}), so a backup of it would be none. Restore the last good backup; to keep what there is, copy the folder.");
        }

        if (!BackupLayout.IsJournal(name) && !BackupLayout.IsReplaced(name))
            return source;
        using FileStream written = new(source, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[written.Length];
        written.ReadExactly(bytes);

        // A journal's line that is being written is not said yet.
        File.WriteAllBytes(copy, BackupLayout.IsJournal(name) ? bytes[..(bytes.AsSpan().LastIndexOf((byte)'\n') + 1)] : bytes);
        return copy;
    }

    private IEnumerable<(string Name, string File)> Policies(string work)
    {
        if (!Directory.Exists(policies))
            yield break;
        Directory.CreateDirectory(work);
        foreach ((string name, string? text) in PolicyFolder.Read(policies).Files)
        {
            string copy = Path.Combine(work, name);
            File.WriteAllText(copy, text ?? throw new IOException($"The policy '{Path.Combine(policies, name)}' cannot be read. Check its permissions."), BackupLayout.Utf8);
            yield return (BackupLayout.Policies + name, copy);
        }
    }

    private string LiveRelease(DataFolder copies, List<(string Name, string File)> sources)
    {
        string live = new LiveReleaseJournal(copies).Read().Current;
        if (live != Release.BaseId)
        {
            new ReleaseStore(data).Verify(live);
            if (!sources.Any(source => source.Name.StartsWith($"{BackupLayout.Data}releases/{live}/", StringComparison.Ordinal)))
                throw new IOException($"The live release {live} changed while the backup was made. Try again.");
        }

        return live;
    }

    private static BackupFile Add(TarWriter tar, string name, string source, DateTimeOffset now)
    {
        using HashedFile file = new(source);
        long length = file.Length;
        tar.WriteEntry(Entry(name, file, now));
        return new BackupFile(name, length, file.Finish());
    }

    private static PaxTarEntry Entry(string name, Stream content, DateTimeOffset now) =>
        new(TarEntryType.RegularFile, name) { DataStream = content, Mode = OwnerOnly, ModificationTime = now };

    private static string? Schema(string connection)
    {
        using UnlearningDbContext db = new(new DbContextOptionsBuilder<UnlearningDbContext>().UseSqlite($"{connection};Pooling=False").Options);
        return File.Exists(new Microsoft.Data.Sqlite.SqliteConnectionStringBuilder(connection).DataSource) ? db.Database.GetAppliedMigrations().LastOrDefault() : null;
    }

    private static string Version => typeof(Backup).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
}
