using Unlearning.Engine.Weights;

namespace Unlearning.Engine.Tests.Training;

public sealed class AFailedSaveKeepsTheLastCheckpoint
{
    [SkippableFact]
    public void When_the_disk_is_full()
    {
        const string FullDisk = "/dev/full";
        Skip.IfNot(File.Exists(FullDisk), $"{FullDisk} is absent");
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "run.safetensors");
        AtomicFile.Write(path, stream => stream.Write("good"u8));

        Assert.Throws<IOException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("half a"u8);
            using FileStream full = new(FullDisk, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            full.Write(" checkpoint"u8);
        }));

        Assert.Equal("good", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }
}
