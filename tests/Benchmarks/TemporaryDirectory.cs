namespace Unlearning.Benchmarks;

/// <summary>A folder that goes when it is disposed.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("unlearning-benchmark-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
