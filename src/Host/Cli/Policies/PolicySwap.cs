using Unlearning.Host.Storage;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Host.Cli.Policies;

/// <summary>Puts a set of policies into the policy folder, so that a reader sees all of the old files or all of the new ones.</summary>
/// <remarks>
/// The new files are staged in a subfolder; one rename of the folder's note (<see cref="AppliedSet"/>) puts them in force; then they
/// are copied to their places and the note lets go of the subfolder. A kill before the note leaves the old set, one after it the new
/// set, and the next apply finishes what was begun. Other files in the folder, such as the schema, are left alone.
/// </remarks>
internal sealed class PolicySwap
{
    private const string LockFile = ".lock", NewNote = "note";

    private readonly string _folder;
    private readonly PreviousSets _previous;
    private readonly TimeProvider _time;
    private readonly Action<string> _after;

    /// <summary>Prepares to apply to a folder.</summary>
    /// <param name="folder">The policy folder; created when it is missing.</param>
    /// <param name="time">Dates what is replaced.</param>
    /// <param name="after">Called after each change on disk, with what it was.</param>
    public PolicySwap(string folder, TimeProvider time, Action<string>? after = null)
    {
        _folder = Path.GetFullPath(folder);
        _previous = new PreviousSets(folder);
        _time = time;
        _after = after ?? (_ => { });
    }

    /// <summary>Writes a set's files into a new folder, flushed to the device.</summary>
    public static void Write(string folder, PolicyFolder set, Action<string> after)
    {
        Directory.CreateDirectory(folder);
        after("created a folder");
        foreach ((string name, string? text) in set.Files)
        {
            File.WriteAllText(Path.Combine(folder, name), text ?? throw new IOException($"'{name}' cannot be read, so nothing was applied. Check its permissions."));
            after($"wrote {name}");
        }

        DurableFile.FlushTree(folder);
    }

    /// <summary>Applies a set; does nothing when the folder has it already.</summary>
    /// <param name="next">The set.</param>
    /// <returns>Where the set that was in force is kept; null when there was none, or nothing to do.</returns>
    /// <exception cref="IOException">Another apply is at work, or a file cannot be read or written.</exception>
    public string? Apply(PolicyFolder next)
    {
        Directory.CreateDirectory(_folder);
        Directory.CreateDirectory(_previous.Folder);
        using FileStream held = Hold();
        Repair();
        PolicyFolder current = PolicyFolder.Read(_folder);
        if (current.Revision == next.Revision)
            return null;
        string? kept = current.Files.Count > 0 ? _previous.Keep(current, _time.GetUtcNow(), _after) : null;

        AppliedSet set = new(Guid.NewGuid().ToString("N"), IsStaged: true);
        Write(set.StagedFolder(_folder), next, _after);
        Note(set);
        try
        {
            Finish(set);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The set is in force, but not all of its files are in place: {failure.Message} Apply it again.", failure);
        }

        return kept;
    }

    // What an earlier apply left: finished where it had put its set in force, swept away where it had not.
    private void Repair()
    {
        if (AppliedSet.Read(_folder) is { IsStaged: true } begun)
            Finish(begun);
        Sweep();
        _previous.Clean();
    }

    private void Finish(AppliedSet set)
    {
        string staged = set.StagedFolder(_folder), copies = $"{staged}-copies";
        PolicyFolder files = PolicyFolder.Read(staged);
        if (files.Files.Count == 0)
            throw new IOException($"'{staged}' has no policies, though an interrupted apply had put them in force. Delete '{AppliedSet.FileName}' in '{_folder}' and apply again.");
        if (Directory.Exists(copies))
            Directory.Delete(copies, recursive: true);
        Write(copies, files, _after);
        foreach ((string name, _) in files.Files)
        {
            File.Move(Path.Combine(copies, name), Path.Combine(_folder, name), overwrite: true);
            _after($"put {name} in place");
        }

        HashSet<string> names = [.. files.Files.Select(file => file.Name)];
        foreach (string path in Directory.EnumerateFiles(_folder).Where(PolicyFolder.IsPolicyFile).ToArray())
        {
            if (!names.Contains(Path.GetFileName(path)))
            {
                File.Delete(path);
                _after($"deleted {Path.GetFileName(path)}");
            }
        }

        DurableFile.FlushDirectory(_folder);
        Note(set with { IsStaged = false });
        Sweep();
    }

    // The rename is the moment at which readers change over; the flush before it makes sure that it never names half a file.
    private void Note(AppliedSet set)
    {
        string place = Path.Combine(_folder, $"{AppliedSet.FolderPrefix}{NewNote}");
        Directory.CreateDirectory(place);
        string note = Path.Combine(place, NewNote);
        File.WriteAllText(note, set.ToString());
        DurableFile.FlushTree(place);
        DurableFile.FlushDirectory(_folder);
        _after("wrote the note");
        File.Move(note, Path.Combine(_folder, AppliedSet.FileName), overwrite: true);
        _after(set.IsStaged ? "staged" : "done");
        DurableFile.FlushDirectory(_folder);
    }

    private void Sweep()
    {
        foreach (string debris in Directory.EnumerateDirectories(_folder, AppliedSet.FolderPrefix + "*").ToArray())
        {
            Directory.Delete(debris, recursive: true);
            _after("swept a folder");
        }
    }

    private FileStream Hold()
    {
        try
        {
            return new FileStream(Path.Combine(_previous.Folder, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException held)
        {
            throw new IOException($"Another apply to '{_folder}' is at work, or '{_previous.Folder}' cannot be written. Try again.", held);
        }
    }
}
