namespace Unlearning.Plugin.Tests.Doubles;

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("unlearning-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
