using Unlearning.Engine.Weights;
using Unlearning.Host.Privacy;

namespace Unlearning.Host.Runs.Sets;

/// <summary>The frozen sets in a run's folder, encrypted: they hold what people said, as text and as token ids.</summary>
internal static class RunSetsFile
{
    private const string Name = "sets.json";


    /// <summary>Whether the folder has sets.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, Name));

    /// <summary>Reads the sets, of older versions in plain text, too.</summary>
    /// <exception cref="KeyRingException">Their key is not in the ring.</exception>
    public static RunSets Read(string folder, TextProtector protector) =>
        RunSets.FromBytes(protector.Unprotect(File.ReadAllBytes(Path.Combine(folder, Name))));

    /// <summary>Writes the sets, whole or not at all.</summary>
    public static void Write(string folder, RunSets sets, TextProtector protector)
    {
        byte[] bytes = protector.Protect(sets.ToBytes());
        AtomicFile.Write(Path.Combine(folder, Name), stream => stream.Write(bytes));
    }

    /// <summary>Deletes the sets and all that was made of them: a resumed run then selects anew and begins again.</summary>
    public static void Delete(string folder)
    {
        File.Delete(Path.Combine(folder, Name));
        new RunFolder(folder).DeleteFrom(RunStage.Select);
    }
}
