using System.Security.Cryptography;

namespace Unlearning.Plugin.Transport.Spooling;

/// <summary>
/// What cannot be read, kept in the folder <c>set-aside</c> for a person to look at, so that it holds up nothing: <c>.damaged</c> for good,
/// <c>.locked</c> until its key is back.
/// </summary>
/// <param name="root">The spool's folder.</param>
/// <param name="limit">The size in bytes past which nothing is added.</param>
internal sealed class SetAside(string root, long limit)
{
    private const string Damaged = ".damaged";
    private const string Locked = ".locked";

    private readonly string _folder = FolderOf(root);

    /// <summary>Keeps lines of a segment, durably; done twice it is done once.</summary>
    /// <param name="segment">The segment they are from.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="keyMissing">Whether only a key is missing.</param>
    /// <returns>The file, or null when there is no room for them.</returns>
    public string? Keep(string segment, IReadOnlyList<ReadOnlyMemory<byte>> lines, bool keyMissing)
    {
        string path = NameOf(segment, keyMissing ? Locked : Damaged);
        SpoolFiles.CreateFolder(_folder);
        if (HasNoRoomFor(lines.Sum(line => (long)line.Length)))
        {
            return null;
        }

        using (FileStream file = SpoolFiles.Open(path, FileMode.Create, FileShare.None))
        {
            foreach (ReadOnlyMemory<byte> line in lines)
            {
                file.Write(line.Span);
            }

            file.Flush(flushToDisk: true);
        }

        SpoolFiles.FlushFolder(_folder);
        SpoolFiles.FlushFolder(root);
        return path;
    }

    /// <summary>Moves a segment that the disk does not give, as it is.</summary>
    /// <returns>The file it is now.</returns>
    public string Move(string segment)
    {
        string path = NameOf(segment, Locked);
        SpoolFiles.CreateFolder(_folder);
        File.Move(segment, path, overwrite: true);
        return path;
    }

    /// <summary>Gives the files back of which something can be read again, with a key that has returned or a disk that has.</summary>
    /// <param name="keys">The keys there are.</param>
    /// <param name="lane">Gets them as segments of its own.</param>
    public void Return(SpoolKeys keys, SpoolLane lane)
    {
        string[] locked = Directory.Exists(_folder) ? Directory.GetFiles(_folder, "*" + Locked) : [];
        foreach (string path in locked.Order(StringComparer.Ordinal))
        {
            try
            {
                if (SegmentContent.Of(File.ReadAllBytes(path), keys).Records.Count > 0)
                {
                    File.Move(path, lane.NextSegment());
                }
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // Another process was quicker, or the disk still fails.
            }
        }
    }

    /// <summary>Moves a key file that holds no key out of the way.</summary>
    /// <returns>The file it is now, or null when another process was quicker.</returns>
    public static string? MoveKey(string root, string path)
    {
        SpoolFiles.CreateFolder(FolderOf(root));
        try
        {
            string name = $"{SpoolKeys.FileName}-{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))[..8]}";
            string moved = Path.Combine(FolderOf(root), name);
            File.Move(path, moved, overwrite: true);
            return moved;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static string FolderOf(string root) => Path.Combine(root, "set-aside");

    private string NameOf(string segment, string suffix) => Path.Combine(
        _folder, $"{Path.GetFileName(Path.GetDirectoryName(segment))}-{Path.GetFileNameWithoutExtension(segment)}{suffix}");

    private bool HasNoRoomFor(long bytes) => new DirectoryInfo(_folder).EnumerateFiles().Sum(file => file.Length) + bytes > limit;
}
