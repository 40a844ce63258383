using System.Globalization;
using Unlearning.Host.Storage;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Host.Cli.Policies;

/// <summary>The sets of policies that were in force before: dated folders beside the policy folder.</summary>
/// <param name="policies">The policy folder.</param>
internal sealed class PreviousSets(string policies)
{
    private const string Suffix = ".previous";

    /// <summary>Gets the folder that holds them, which may not be there.</summary>
    public string Folder { get; } = Path.TrimEndingDirectorySeparator(Path.GetFullPath(policies)) + Suffix;

    /// <summary>The newest set of another revision than <paramref name="revision"/>, or null.</summary>
    public string? Newest(string revision) => List().FirstOrDefault(folder => PolicyFolder.Read(folder).Revision != revision);

    /// <summary>Keeps a copy of a set, unless the newest one is the same. It is whole or not there.</summary>
    /// <param name="set">The set.</param>
    /// <param name="at">When it was replaced.</param>
    /// <param name="after">Called after each step.</param>
    /// <returns>Where it is.</returns>
    public string Keep(PolicyFolder set, DateTimeOffset at, Action<string> after)
    {
        if (List().FirstOrDefault() is { } newest && PolicyFolder.Read(newest).Revision == set.Revision)
            return newest;
        string kept = Path.Combine(
            Folder, $"{at.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture)}-{set.Revision}");
        string staging = Path.Combine(Folder, DurableFile.StagingPrefix + Guid.NewGuid().ToString("N"));
        PolicySwap.Write(staging, set, after);
        Directory.Move(staging, kept);
        after("kept the previous set");
        DurableFile.FlushDirectory(Folder);
        return kept;
    }

    /// <summary>Removes what an interrupted apply left here.</summary>
    public void Clean()
    {
        foreach (string debris in Directory.EnumerateDirectories(Folder, DurableFile.StagingPrefix + "*"))
            Directory.Delete(debris, recursive: true);
    }

    // The names begin with their date: the newest first.
    private IEnumerable<string> List() => Directory.Exists(Folder)
        ? Directory.EnumerateDirectories(Folder)
            .Where(folder => !Path.GetFileName(folder).StartsWith('.'))
            .OrderByDescending(Path.GetFileName, StringComparer.Ordinal)
        : [];
}
