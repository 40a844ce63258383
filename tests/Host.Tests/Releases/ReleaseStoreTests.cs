using Unlearning.Host.Releases;
using Unlearning.Host.Storage;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Releases;

public sealed class ReleaseStoreTests
{
    [Fact]
    public async Task The_same_content_is_the_same_release_and_another_byte_is_another()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        Release one = await host.SaveAsync("weights");
        Release same = await host.SaveAsync("weights");
        Release other = await host.SaveAsync("weightz");

        Assert.Matches("^[0-9a-f]{16}$", one.Id);
        Assert.StartsWith(one.Id, one.ContentHash, StringComparison.Ordinal);
        Assert.Equal(one.ContentHash, same.ContentHash);
        Assert.NotEqual(one.Id, other.Id);
        Assert.Equal(new[] { one.Id, other.Id }.Order(StringComparer.Ordinal), host.Store.List());
    }

    [Theory]
    [InlineData("adapter/adapter_model.safetensors")]
    [InlineData("report.md")]
    [InlineData("manifest.json")]
    public async Task Any_changed_byte_of_a_release_is_found(string file)
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        Release release = await host.SaveAsync("weights");
        string path = Path.Combine(release.Folder, file);
        byte[] bytes = await File.ReadAllBytesAsync(path);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);

        Assert.Contains("changed", Assert.Throws<ReleaseException>(() => host.Store.Verify(release.Id)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_added_a_renamed_or_a_removed_file_is_found()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        foreach (Action<string> tamper in new Action<string>[]
        {
            release => File.WriteAllText(Path.Combine(release, "extra"), string.Empty),
            release => File.Move(Path.Combine(release, "report.md"), Path.Combine(release, "report.txt")),
            release => File.Delete(Path.Combine(release, "report.json")),
        })
        {
            Release release = await host.SaveAsync($"weights {Guid.NewGuid()}");
            tamper(release.Folder);
            Assert.Throws<ReleaseException>(() => host.Store.Verify(release.Id));
        }
    }

    [Fact]
    public async Task An_incomplete_release_is_refused_and_leaves_nothing()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        ReleaseException failure = await Assert.ThrowsAsync<ReleaseException>(() => host.Store.SaveAsync(
            new ReleaseManifest { RunId = "run", BaseModel = "m", BaseModelHash = "h", Parent = Release.BaseId, Verdict = "pass" },
            async (staging, cancellationToken) =>
            {
                await ReleaseHost.WriteContentAsync(staging, "weights");
                File.Delete(Path.Combine(staging, "verdicts.json"));
            }));

        Assert.Contains("verdicts.json", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(new DataFolder(folder.Path).Releases));
    }

    [Fact]
    public async Task A_release_that_was_deleted_is_known_no_more_whoever_read_it_before_and_whoever_deleted_it()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        Release release = await host.SaveAsync("weights");
        ReleaseStore elsewhere = new(new DataFolder(folder.Path));
        Assert.Equal(release.Manifest.RunId, host.Store.FindManifest(release.Id)!.RunId);
        Assert.Equal([release.Id, Release.BaseId], host.Store.Lineage(release.Id));

        // As by another process, or by this one while it was read.
        string debris = elsewhere.TakeName(release.Id)!;
        Assert.Null(host.Store.FindManifest(release.Id));
        Assert.Equal([release.Id], host.Store.Lineage(release.Id));

        elsewhere.GiveName(release.Id, debris);
        Assert.NotNull(host.Store.FindManifest(release.Id));
    }

    [Fact]
    public async Task A_release_remembers_everything_its_run_recorded()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        Release release = await host.Store.SaveAsync(
            new ReleaseManifest
            {
                RunId = "run",
                BaseModel = "m",
                BaseModelHash = "h",
                Parent = Release.BaseId,
                Verdict = "fail",
                Details = { ["seed"] = System.Text.Json.JsonSerializer.SerializeToElement(1234) },
            },
            (staging, cancellationToken) => ReleaseHost.WriteContentAsync(staging, "weights"));

        ReleaseManifest manifest = new ReleaseStore(new DataFolder(folder.Path)).FindManifest(release.Id)!;
        Assert.Equal(1234, manifest.Details["seed"].GetInt32());
        Assert.Equal("fail", manifest.Verdict);
    }

    [Fact]
    public async Task A_lineage_leads_from_the_release_to_the_base_model()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        Release first = await host.SaveAsync("first");
        Release second = await host.SaveAsync("second", parent: first.Id);
        Assert.Equal([second.Id, first.Id, "base"], host.Store.Lineage(second.Id));
        Assert.Equal(["base"], host.Store.Lineage("base"));
        Assert.Equal(["0123456789abcdef"], host.Store.Lineage("0123456789abcdef"));
    }

    [Theory]
    [InlineData("../../etc")]
    [InlineData("")]
    [InlineData("0123456789ABCDEF")]
    public async Task A_name_that_is_no_id_reaches_no_folder(string id)
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        Assert.Throws<ReleaseException>(() => host.Store.Verify(id));
    }

    [Fact]
    public async Task The_sweep_of_a_start_takes_what_an_earlier_process_left_and_nothing_that_is_under_way()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        DataFolder data = new(folder.Path);
        string debris = Path.Combine(data.Releases, DurableFile.StagingPrefix + "half", "adapter");
        Directory.CreateDirectory(debris);

        // The service is still starting while the first release is written, and somebody lists and verifies.
        Release release = await host.Store.SaveAsync(ReleaseHost.Manifest(), async (staging, _) =>
        {
            host.Store.SweepStaging();
            Assert.False(Directory.Exists(debris));
            Assert.Empty(host.Store.List());
            Assert.Empty(host.Store.VerifyAll(host.Journal.Read()));
            await ReleaseHost.WriteContentAsync(staging, "weights");
            host.Store.SweepStaging();
        });
        Assert.Equal([release.Id], host.Store.List());

        // A deletion is under way, too, until its files are gone; its process is killed then.
        string deleting = host.Store.TakeName(release.Id)!;
        host.Store.SweepStaging();
        Assert.True(Directory.Exists(deleting));
        Assert.Null(host.Store.Facts(release.Id));
        new ReleaseStore(data).SweepStaging();
        Assert.Empty(Directory.EnumerateFileSystemEntries(data.Releases));
    }
}
