using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace Unlearning.Host.Storage.Backups;

/// <summary>Reads a backup, and believes none of it before every hash was compared.</summary>
internal static class BackupArchive
{
    private const int BufferSize = 1 << 16;

    /// <summary>Reads all of it and compares every hash.</summary>
    /// <exception cref="IOException">It is damaged, or no backup of this program.</exception>
    public static BackupManifest Check(string file, CancellationToken cancellationToken) => Read(file, _ => null, cancellationToken);

    /// <summary>Writes its files into a folder of the same layout. What is there is to be trusted only when this returns.</summary>
    /// <exception cref="IOException">It is damaged, or no backup of this program.</exception>
    public static BackupManifest Extract(string file, string folder, CancellationToken cancellationToken) => Read(
        file,
        path =>
        {
            DataFolder parent = new(Path.GetDirectoryName(Path.Combine(folder, path))!);
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            return new FileStream(Path.Combine(parent.Path, Path.GetFileName(path)), options);
        },
        cancellationToken);

    private static BackupManifest Read(string file, Func<string, Stream?> open, CancellationToken cancellationToken)
    {
        try
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read);
            return BackupSeal.Holds(stream) ? Read(stream, file, open, cancellationToken) : throw Damaged(file, "its bytes are not those that were written");
        }
        catch (Exception failure) when (failure is InvalidDataException or JsonException or EndOfStreamException or FormatException or ArgumentException or OverflowException)
        {
            throw Damaged(file, failure.Message);
        }
    }

    private static BackupManifest Read(FileStream stream, string file, Func<string, Stream?> open, CancellationToken cancellationToken)
    {
        Dictionary<string, BackupFile> found = new(StringComparer.Ordinal);
        byte[]? manifest = null;
        using (GZipStream zip = new(stream, CompressionMode.Decompress))
        {
            using TarReader tar = new(zip);
            while (tar.GetNextEntry() is { } entry)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (entry.EntryType is not TarEntryType.RegularFile || !BackupLayout.IsSafe(entry.Name))
                    throw Damaged(file, "it holds what a backup does not hold");
                if (entry.Name == BackupManifest.FileName)
                {
                    using MemoryStream json = new();
                    entry.DataStream?.CopyTo(json);
                    manifest = json.ToArray();
                }
                else if (!found.TryAdd(entry.Name, Copy(entry, open(entry.Name), cancellationToken)))
                {
                    throw Damaged(file, "it holds a file twice");
                }
            }
        }

        BackupManifest said = (manifest is null ? null : JsonSerializer.Deserialize<BackupManifest>(manifest, BackupLayout.Json))
            ?? throw Damaged(file, $"it has no {BackupManifest.FileName}");
        if (said.Format != BackupManifest.CurrentFormat)
            throw new IOException($"'{file}' has form {said.Format}; this program reads {BackupManifest.CurrentFormat}. Use the version that wrote it ({said.Program}).");
        return said.Files.Count == found.Count && said.Files.All(one => found.TryGetValue(one.Path, out BackupFile? there) && there == one)
            ? said
            : throw Damaged(file, "its files are not those that it lists");
    }

    private static BackupFile Copy(TarEntry entry, Stream? to, CancellationToken cancellationToken)
    {
        using Stream? target = to;
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[BufferSize];
        long length = 0;
        for (int read; entry.DataStream is not null && (read = entry.DataStream.Read(buffer)) > 0; length += read)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
            target?.Write(buffer, 0, read);
        }

        return new BackupFile(entry.Name, length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static IOException Damaged(string file, string how) =>
        new($"'{file}' is damaged or no backup: {how}. Nothing was changed. Use another backup.");
}
