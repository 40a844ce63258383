using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Unlearning.Host.Releases.Cards;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Releases;

/// <summary>
/// The folder of releases. A release appears whole or not at all, under a name that is the hash of its content, and is never changed
/// after; <see cref="Verify"/> finds any byte that was.
/// </summary>
public sealed class ReleaseStore(DataFolder data)
{
    private const string ManifestFile = "manifest.json";
    private const int IdLength = 16;

    private static readonly string[] _complete =
    [
        ManifestFile, "report.json", "report.md", "verdicts.json", "adapter/adapter_config.json", "adapter/adapter_model.safetensors",
    ];

    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    // Names what is unfinished here, so that what is being written or deleted now is told from what an earlier process left.
    private readonly string _unfinished = $"{DurableFile.StagingPrefix}{Guid.NewGuid():N}-";
    private readonly ConcurrentDictionary<string, ReleaseManifest> _manifests = new(StringComparer.Ordinal);

    /// <summary>
    /// Keeps a release, with a model card made from what it holds. Saving the same content again finds the release that is there. A crash before the end leaves only debris
    /// that <see cref="SweepStaging"/> removes.
    /// </summary>
    /// <param name="manifest">Written as <c>manifest.json</c>.</param>
    /// <param name="write">
    /// Writes <c>adapter/</c> (PEFT), <c>report.json</c>, <c>report.md</c> and <c>verdicts.json</c> into the folder it is given.
    /// </param>
    /// <param name="cancellationToken">Cancels until the release gets its name.</param>
    /// <exception cref="ReleaseException">A file is missing.</exception>
    public async Task<Release> SaveAsync(
        ReleaseManifest manifest, Func<string, CancellationToken, Task> write, CancellationToken cancellationToken = default)
    {
        string staging = Unfinished();
        Directory.CreateDirectory(Path.Combine(staging, "adapter"));
        try
        {
            await write(staging, cancellationToken).ConfigureAwait(false);
            await File.WriteAllBytesAsync(
                Path.Combine(staging, ManifestFile), JsonSerializer.SerializeToUtf8Bytes(manifest, _json), cancellationToken)
                    .ConfigureAwait(false);
            foreach (string file in _complete)
            {
                if (!File.Exists(Path.Combine(staging, file)))
                {
                    throw new ReleaseException(
                        $"the release of run {manifest.RunId}", $"{file} is missing", "Write every file of a release before saving it");
                }
            }

            await ModelCard.WriteAsync(staging, manifest, cancellationToken).ConfigureAwait(false);
            string hash = ContentHash(staging);
            string folder = FolderOf(hash[..IdLength]);
            DurableFile.FlushTree(staging);
            cancellationToken.ThrowIfCancellationRequested();
            if (!Directory.Exists(folder))
            {
                Directory.Move(staging, folder);
                DurableFile.FlushDirectory(data.Releases);
            }

            return Verify(hash[..IdLength], hash);
        }
        finally
        {
            if (Directory.Exists(staging))
            {
                Directory.Delete(staging, recursive: true);
            }
        }
    }

    /// <summary>Reads a release's manifest without checking its content, or null when there is no such release.</summary>
    /// <exception cref="ReleaseException">The manifest cannot be read.</exception>
    public ReleaseManifest? FindManifest(string releaseId)
    {
        // The folder is asked each time: another process may have deleted the release, or this one while its manifest was read.
        if (!Contains(releaseId))
        {
            return null;
        }

        if (_manifests.TryGetValue(releaseId, out ReleaseManifest? known))
        {
            return known;
        }

        try
        {
            return _manifests[releaseId] = ReadManifest(FolderOf(releaseId));
        }
        catch (ReleaseException) when (!Contains(releaseId))
        {
            return null;
        }
    }

    /// <summary>Recomputes a release's hash from every byte it holds.</summary>
    /// <param name="releaseId">The release.</param>
    /// <param name="expectedHash">The whole content hash, where it is known from elsewhere; the id's digits are checked always.</param>
    /// <exception cref="ReleaseException">The release is missing, or is not what it was.</exception>
    public Release Verify(string releaseId, string? expectedHash = null)
    {
        string folder = FolderOf(releaseId);
        if (!Directory.Exists(folder))
        {
            throw new ReleaseException(
                $"release {releaseId}", $"folder '{folder}' is missing", "Restore it from a backup, or roll back to another release");
        }

        string hash = ContentHash(folder);
        if (!hash.StartsWith(releaseId, StringComparison.Ordinal) || (expectedHash is not null && hash != expectedHash))
        {
            throw new ReleaseException(
                $"release {releaseId}",
                $"its files in '{folder}' were changed since it was made",
                "Restore them from a backup, or roll back to another release");
        }

        return new Release(releaseId, hash, folder, ReadManifest(folder));
    }

    /// <summary>The ids of all releases, in ordinal order.</summary>
    public IReadOnlyList<string> List() =>
        !Directory.Exists(data.Releases) ? [] :
        [
            .. Directory.EnumerateDirectories(data.Releases).Select(folder => Path.GetFileName(folder))
                .Where(name => !name.StartsWith(DurableFile.StagingPrefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal),
        ];

    /// <summary>
    /// The release and the releases it was trained from, newest first, down to the base model. A release this store does not hold is
    /// its own whole lineage.
    /// </summary>
    public IReadOnlyList<string> Lineage(string releaseId)
    {
        List<string> lineage = [releaseId];
        while (lineage[^1] != Release.BaseId && FindManifest(lineage[^1]) is { } manifest)
        {
            lineage.Add(manifest.Parent);
        }

        return lineage;
    }

    /// <summary>Whether there is a release of that id; nothing is checked.</summary>
    public bool Contains(string releaseId) => IsId(releaseId) && Directory.Exists(FolderOf(releaseId));

    /// <summary>Verifies every release and those that serve, and names what else lies among them.</summary>
    /// <param name="journal">Knows the whole content hash of what was live; of others the id's digits are checked.</param>
    /// <returns>One line a release, in ordinal order.</returns>
    public IReadOnlyList<ReleaseCheck> VerifyAll(JournalHistory journal)
    {
        ArgumentNullException.ThrowIfNull(journal);
        string[] serving = [.. new[] { journal.Current, journal.OpenCanary?.ReleaseId }.OfType<string>().Where(id => id != Release.BaseId)];

        // One that was deleted while others were read is not missing: nothing needed it.
        return
        [
            .. List().Union(serving).Order(StringComparer.Ordinal).Select(Check)
                .Where(check => check.Problem is null || serving.Contains(check.ReleaseId) || Path.Exists(Path.Combine(data.Releases, check.ReleaseId))),
        ];

        ReleaseCheck Check(string id)
        {
            try
            {
                Release release = Verify(id, journal.HashOf(id));
                return new ReleaseCheck(id, release.ContentHash, null);
            }
            catch (Exception failure) when (failure is ReleaseException or IOException or UnauthorizedAccessException)
            {
                return new ReleaseCheck(id, null, failure.Message);
            }
        }
    }

    /// <summary>When a release was saved.</summary>
    /// <exception cref="ReleaseException">There is none of that id.</exception>
    public DateTimeOffset SavedAt(string releaseId) =>
        new(File.GetLastWriteTimeUtc(Path.Combine(FolderOf(releaseId), ManifestFile)), TimeSpan.Zero);

    /// <summary>When a release was saved, and how many bytes it holds; null when there is none of that id, or none any more.</summary>
    public (DateTimeOffset SavedAt, long Bytes)? Facts(string releaseId)
    {
        try
        {
            DirectoryInfo folder = new(FolderOf(releaseId));
            return (SavedAt(releaseId), folder.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length));
        }
        catch (Exception gone) when (gone is DirectoryNotFoundException or FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>
    /// The first half of a deletion, at once however large the release: it loses its name, so that a crash leaves it whole or leaves debris
    /// that <see cref="SweepStaging"/> removes.
    /// </summary>
    /// <returns>The folder whose files are to be deleted; null when there is no such release.</returns>
    internal string? TakeName(string releaseId)
    {
        if (!Contains(releaseId))
        {
            return null;
        }

        string staging = Unfinished();
        Directory.Move(FolderOf(releaseId), staging);
        DurableFile.FlushDirectory(data.Releases);
        _manifests.TryRemove(releaseId, out _);
        return staging;
    }

    /// <summary>Takes back <see cref="TakeName"/>.</summary>
    internal void GiveName(string releaseId, string folder)
    {
        Directory.Move(folder, FolderOf(releaseId));
        DurableFile.FlushDirectory(data.Releases);
    }

    /// <summary>
    /// Deletes what interrupted saves and deletions of earlier processes left, and nothing that is under way in this one. Only by the process
    /// that holds the data folder: a save under way in another one would be debris, too.
    /// </summary>
    public void SweepStaging()
    {
        if (!Directory.Exists(data.Releases))
        {
            return;
        }

        foreach (string debris in Directory.EnumerateDirectories(data.Releases, DurableFile.StagingPrefix + "*")
            .Where(folder => !Path.GetFileName(folder).StartsWith(_unfinished, StringComparison.Ordinal)).ToArray())
        {
            Directory.Delete(debris, recursive: true);
        }
    }

    private string Unfinished() => Path.Combine(data.Releases, $"{_unfinished}{Guid.NewGuid():N}");

    private static bool IsId(string releaseId) => releaseId.Length == IdLength && releaseId.All(char.IsAsciiHexDigitLower);

    // Ids come from callers and name a folder: nothing but the digits of a hash may.
    private string FolderOf(string releaseId) =>
        IsId(releaseId)
            ? Path.Combine(data.Releases, releaseId)
            : throw new ReleaseException(
                $"release '{releaseId}'", $"an id has {IdLength} lower-case hex digits", "List the releases to find the right one");

    private static ReleaseManifest ReadManifest(string folder)
    {
        string path = Path.Combine(folder, ManifestFile);
        try
        {
            return JsonSerializer.Deserialize<ReleaseManifest>(File.ReadAllBytes(path), _json)!;
        }
        catch (Exception failure) when (failure is JsonException or IOException)
        {
            throw new ReleaseException(path, $"cannot be read ({failure.GetType().Name})", "Restore the release from a backup");
        }
    }

    private static string ContentHash(string folder)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(long)];
        IEnumerable<(string Name, string File)> files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => (Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/'), file))
            .OrderBy(file => file.Item1, StringComparer.Ordinal);
        foreach ((string name, string file) in files)
        {
            // Name and content are both of known length, so no two trees make the same bytes.
            using FileStream stream = File.OpenRead(file);
            byte[] nameBytes = Encoding.UTF8.GetBytes(name);
            BinaryPrimitives.WriteInt64LittleEndian(length, nameBytes.Length);
            hash.AppendData(length);
            hash.AppendData(nameBytes);
            BinaryPrimitives.WriteInt64LittleEndian(length, stream.Length);
            hash.AppendData(length);
            hash.AppendData(SHA256.HashData(stream));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
