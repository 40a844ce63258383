using Unlearning.Host.Storage.Backups;

namespace Unlearning.Host.Tests.Storage.Backups;

public sealed class WorkFolderTests
{
    private const int Makers = 4, Each = 300;

    [Fact]
    public async Task Of_those_who_make_one_at_once_nobody_sweeps_anothers_and_nothing_is_left()
    {
        using TemporaryFolder folder = new();
        await Task.WhenAll(Enumerable.Range(0, Makers).Select(_ => Task.Factory.StartNew(
            () =>
            {
                for (int i = 0; i < Each; i++)
                {
                    using WorkFolder work = WorkFolder.Create(folder.Path, ".work-");
                    string content = Path.Combine(Directory.CreateDirectory(Path.Combine(work.Folder.Path, "inside")).FullName, "content");
                    File.WriteAllText(content, "made ready");
                    Assert.Equal("made ready", File.ReadAllText(content));
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        using (WorkFolder.Create(folder.Path, ".work-"))
            Assert.Single(Directory.GetFileSystemEntries(folder.Path));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }
}
