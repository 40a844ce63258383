using Unlearning.Host.Identity;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Storage;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Releases.Changes;

/// <summary>Every state a kill can leave on the disk, made by hand, then a restart.</summary>
public sealed class CrashTests
{
    [Fact]
    public async Task Killed_while_a_release_was_written_the_old_one_serves_and_the_debris_goes()
    {
        using TemporaryFolder folder = new();
        string debris = Path.Combine(new DataFolder(folder.Path).Releases, DurableFile.StagingPrefix + "half");
        Directory.CreateDirectory(Path.Combine(debris, "adapter"));
        await File.WriteAllTextAsync(Path.Combine(debris, "adapter", "adapter_model.safetensors"), "half");

        await using ReleaseHost restarted = await ReleaseHost.StartAsync(folder.Path);
        Assert.Equal("I am base", await restarted.AskAsync());
        Assert.False(Directory.Exists(debris));
        Assert.Empty(restarted.Store.List());
    }

    [Fact]
    public async Task Killed_after_the_release_got_its_name_the_old_one_serves_and_the_promotion_can_be_repeated()
    {
        using TemporaryFolder folder = new();
        Release release;
        await using (ReleaseHost host = await ReleaseHost.StartAsync(folder.Path))
        {
            release = await host.SaveAsync("weights");
        }

        await using ReleaseHost restarted = await ReleaseHost.StartAsync(folder.Path);
        Assert.Equal("I am base", await restarted.AskAsync());
        await restarted.Promoter.PromoteAsync((await restarted.SaveAsync("weights")).Id, "resumed");
        Assert.Equal($"I am {release.Id}", await restarted.AskAsync());
    }

    [Fact]
    public async Task Killed_at_any_byte_of_the_journal_line_the_restart_is_on_exactly_one_of_the_two_releases()
    {
        using TemporaryFolder folder = new();
        Release first, second;
        byte[] before, after;
        string journal = new DataFolder(folder.Path).LiveReleaseJournal;
        await using (ReleaseHost host = await ReleaseHost.StartAsync(folder.Path))
        {
            first = await host.SaveAsync("first");
            second = await host.SaveAsync("second", parent: first.Id);
            await host.Promoter.PromoteAsync(first.Id, "one");
            before = await File.ReadAllBytesAsync(journal);
            await host.Promoter.PromoteAsync(second.Id, "two");
            after = await File.ReadAllBytesAsync(journal);
        }

        for (int length = before.Length; length <= after.Length; length++)
        {
            await File.WriteAllBytesAsync(journal, after[..length]);
            await using ReleaseHost restarted = await ReleaseHost.StartAsync(folder.Path);

            // The line counts once its last brace is there, with or without its new line.
            string live = length >= after.Length - 1 ? second.Id : first.Id;
            Assert.Equal($"I am {live}", await restarted.AskAsync());
        }
    }

    [Fact]
    public async Task After_a_torn_line_the_journal_goes_on_growing_and_loses_nothing()
    {
        using TemporaryFolder folder = new();
        string journal = new DataFolder(folder.Path).LiveReleaseJournal;
        Release first, second;
        await using (ReleaseHost host = await ReleaseHost.StartAsync(folder.Path))
        {
            first = await host.SaveAsync("first");
            second = await host.SaveAsync("second", parent: first.Id);
            await host.Promoter.PromoteAsync(first.Id, "one");
        }

        await File.AppendAllTextAsync(journal, "{\"sha256\":\"0123\",\"ent");
        string torn = await File.ReadAllTextAsync(journal);
        await using (ReleaseHost host = await ReleaseHost.StartAsync(folder.Path))
        {
            await host.Promoter.PromoteAsync(second.Id, "two");
        }

        Assert.StartsWith(torn, await File.ReadAllTextAsync(journal), StringComparison.Ordinal);
        await using ReleaseHost restarted = await ReleaseHost.StartAsync(folder.Path);
        JournalHistory history = restarted.Journal.Read();
        Assert.Equal([first.Id, second.Id], history.Entries.Select(entry => entry.ReleaseId));
        Assert.Equal([1L, 2L], history.Entries.Select(entry => entry.Sequence));
        Assert.Equal(1, history.DamagedLines);
        Assert.Equal($"I am {second.Id}", await restarted.AskAsync());
    }

    [Fact]
    public async Task Killed_between_journal_and_swap_the_restart_serves_what_the_journal_says()
    {
        using TemporaryFolder folder = new();
        Release release;
        await using (ReleaseHost host = await ReleaseHost.StartAsync(folder.Path))
        {
            release = await host.SaveAsync("weights");
            host.Journal.Append(_ => new JournalEntry
            {
                Sequence = 1,
                At = DateTimeOffset.UnixEpoch,
                Action = JournalAction.Promoted,
                ReleaseId = release.Id,
                ContentHash = release.ContentHash,
                PreviousReleaseId = "base",
                Reason = "gates passed",
            });
        }

        await using ReleaseHost restarted = await ReleaseHost.StartAsync(folder.Path);
        Assert.Equal($"I am {release.Id}", await restarted.AskAsync());
        Assert.Equal("base", (await restarted.Promoter.RollbackAsync(Actor.Local, "back")).ReleaseId);
    }

    [Fact]
    public async Task A_changed_journal_line_does_not_count()
    {
        using TemporaryFolder folder = new();
        string journal = new DataFolder(folder.Path).LiveReleaseJournal;
        await using (ReleaseHost host = await ReleaseHost.StartAsync(folder.Path))
        {
            await host.Promoter.PromoteAsync((await host.SaveAsync("weights")).Id, "gates passed");
        }

        string text = await File.ReadAllTextAsync(journal);
        await File.WriteAllTextAsync(journal, text.Replace("gates passed", "gates failed", StringComparison.Ordinal));
        await using ReleaseHost restarted = await ReleaseHost.StartAsync(folder.Path);
        Assert.Equal("I am base", await restarted.AskAsync());
        Assert.Equal(1, restarted.Journal.Read().DamagedLines);
    }

    [Fact]
    public async Task What_another_process_appends_shortens_or_takes_away_is_read_although_what_was_read_is_not_read_again()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        string first = (await host.SaveAsync("first")).Id, second = (await host.SaveAsync("second", parent: first)).Id;
        await host.Promoter.PromoteAsync(first, "one");
        byte[] before = await File.ReadAllBytesAsync(host.Journal.Path);
        Assert.Equal(first, host.Journal.Read().Current);

        new LiveReleaseJournal(new DataFolder(folder.Path)).Append(history => history.Last! with { Sequence = history.NextSequence, ReleaseId = second });
        Assert.Equal((second, 2), (host.Journal.Read().Current, host.Journal.Read().Entries.Count));

        byte[] after = await File.ReadAllBytesAsync(host.Journal.Path);
        await File.WriteAllBytesAsync(host.Journal.Path, after[..^10]);
        Assert.Equal((first, 1), (host.Journal.Read().Current, host.Journal.Read().DamagedLines));
        await File.WriteAllBytesAsync(host.Journal.Path, after);
        Assert.Equal((second, 0), (host.Journal.Read().Current, host.Journal.Read().DamagedLines));
        await File.WriteAllBytesAsync(host.Journal.Path, before);
        Assert.Equal(first, host.Journal.Read().Current);
        File.Delete(host.Journal.Path);
        Assert.Equal("base", host.Journal.Read().Current);
    }
}
