namespace Unlearning.Engine.Tests;

/// <summary>A folder of a test's own, deleted with all it holds when the test ends.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Path = Directory.CreateTempSubdirectory("unlearning-").FullName;

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Copies the files of another folder, without its subfolders.</summary>
    public TemporaryFolder With(string folder)
    {
        foreach (var file in Directory.GetFiles(folder))
            System.IO.File.Copy(file, File(System.IO.Path.GetFileName(file)), overwrite: true);
        return this;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
