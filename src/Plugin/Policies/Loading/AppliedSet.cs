using System.Text.RegularExpressions;

namespace Unlearning.Plugin.Policies.Loading;

/// <summary>The note that an apply leaves in a policy folder; it makes many files take effect at one moment.</summary>
/// <remarks>
/// While it says "staged", the policies are those of the staged subfolder, however far the folder's own files are; so a kill between
/// two of them never shows half a set. Every apply has a new id: a reader that finds another note after reading than before read
/// across an apply, and reads again.
/// </remarks>
/// <param name="Id">The apply, 32 hexadecimal digits.</param>
/// <param name="IsStaged">Whether the policies are still read from the staged subfolder.</param>
internal sealed partial record AppliedSet(string Id, bool IsStaged)
{
    /// <summary>The note's file name.</summary>
    public const string FileName = ".applied";

    /// <summary>How the names of subfolders begin that an apply works in.</summary>
    public const string FolderPrefix = ".set-";

    private const string Staged = "staged", Done = "done";

    /// <summary>Reads the note of <paramref name="folder"/>; null when there is none, or none that was written by an apply.</summary>
    /// <exception cref="IOException">It is there but cannot be read.</exception>
    public static AppliedSet? Read(string folder)
    {
        try
        {
            Match note = Note().Match(File.ReadAllText(Path.Combine(folder, FileName)));
            return note.Success ? new AppliedSet(note.Groups[1].Value, note.Groups[2].Value == Staged) : null;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Where the files of this apply are staged.</summary>
    public string StagedFolder(string folder) => Path.Combine(folder, FolderPrefix + Id);

    /// <summary>The note as it is written.</summary>
    public override string ToString() => $"{Id} {(IsStaged ? Staged : Done)}\n";

    [GeneratedRegex(@"^([0-9a-f]{32}) (staged|done)\s*$")]
    private static partial Regex Note();
}
