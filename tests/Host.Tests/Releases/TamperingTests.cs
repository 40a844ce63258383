using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Releases;

public sealed class TamperingTests
{
    [Fact]
    public async Task Any_flipped_bit_renamed_moved_cut_or_added_file_of_any_release_is_found()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        Release release = await host.SaveAsync("weights of some length, so that there is more than a byte to flip");
        JournalHistory journal = host.Journal.Read();
        Assert.Null(Assert.Single(host.Store.VerifyAll(journal)).Problem);
        string[] files = Directory.GetFiles(release.Folder, "*", SearchOption.AllDirectories);
        Assert.Contains(files, file => Path.GetFileName(file) == "README.md");
        Random random = new(1);
        for (int i = 0; i < 200; i++)
        {
            string file = files[i % files.Length];
            byte[] before = await File.ReadAllBytesAsync(file);
            string other = Path.Combine(Path.GetDirectoryName(file)!, $"other-{i}");
            switch (random.Next(5))
            {
                case 0:
                    File.Move(file, other);
                    break;
                case 1:
                    await File.WriteAllBytesAsync(other, []);
                    break;
                case 2:
                    await File.WriteAllBytesAsync(file, before[..random.Next(before.Length)]);
                    break;
                case 3:
                    await File.WriteAllBytesAsync(file, [.. before, (byte)random.Next(256)]);
                    break;
                default:
                    byte[] flipped = [.. before];
                    flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
                    await File.WriteAllBytesAsync(file, flipped);
                    break;
            }

            Assert.NotNull(Assert.Single(host.Store.VerifyAll(journal)).Problem);
            File.Delete(other);
            await File.WriteAllBytesAsync(file, before);
        }

        Assert.Null(Assert.Single(host.Store.VerifyAll(journal)).Problem);
    }

    [Fact]
    public async Task A_live_release_that_is_missing_and_something_that_is_no_release_are_named()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        Release release = await host.SaveAsync("weights");
        await host.Promoter.PromoteAsync(release.Id, "gates passed");
        Directory.Move(release.Folder, Path.Combine(Path.GetDirectoryName(release.Folder)!, "renamed"));

        ReleaseCheck[] checks = [.. host.Store.VerifyAll(host.Journal.Read())];
        Assert.Equal(new[] { release.Id, "renamed" }, checks.Select(check => check.ReleaseId));
        Assert.Contains("missing", checks[0].Problem, StringComparison.Ordinal);
        Assert.NotNull(checks[1].Problem);
    }
}
