using Microsoft.Extensions.AI;
using Unlearning.Host.Identity;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Releases.Serving;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Releases.Changes;

public sealed class PromoterTests
{
    [Fact]
    public async Task A_promoted_release_serves_and_serves_again_after_a_restart()
    {
        using TemporaryFolder folder = new();
        string id;
        await using (ReleaseHost host = await ReleaseHost.StartAsync(folder.Path))
        {
            Assert.Equal("I am base", await host.AskAsync());
            id = (await host.SaveAsync("weights")).Id;
            JournalEntry entry = await host.Promoter.PromoteAsync(id, "gates passed", "run");
            Assert.Equal(("base", id, "run", 1L), (entry.PreviousReleaseId, entry.ReleaseId, entry.RunId, entry.Sequence));
            Assert.Equal($"I am {id}", await host.AskAsync());
        }

        await using ReleaseHost restarted = await ReleaseHost.StartAsync(folder.Path);
        Assert.Equal(ServingStatus.Serving, restarted.State.Status);
        Assert.Equal($"I am {id}", await restarted.AskAsync());
        Assert.Equal([id], restarted.Model.Loaded);
    }

    [Fact]
    public async Task A_rollback_is_one_call_loads_nothing_and_survives_a_restart()
    {
        using TemporaryFolder folder = new();
        await using (ReleaseHost host = await ReleaseHost.StartAsync(folder.Path))
        {
            Release release = await host.SaveAsync("weights");
            await host.Promoter.PromoteAsync(release.Id, "gates passed");
            JournalEntry entry = await host.Promoter.RollbackAsync(Actor.Local, "it answers oddly");
            Assert.Equal((release.Id, "base"), (entry.PreviousReleaseId, entry.ReleaseId));
            Assert.Equal("I am base", await host.AskAsync());
            Assert.Equal(["base", release.Id], host.Model.Loaded);
        }

        await using ReleaseHost restarted = await ReleaseHost.StartAsync(folder.Path);
        Assert.Equal("I am base", await restarted.AskAsync());
    }

    [Fact]
    public async Task Rolling_back_twice_goes_back_twice_and_the_base_model_is_the_end()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        Release first = await host.SaveAsync("first");
        Release second = await host.SaveAsync("second", parent: first.Id);
        await host.Promoter.PromoteAsync(first.Id, "one");
        await host.Promoter.PromoteAsync(second.Id, "two");

        Assert.Equal(first.Id, (await host.Promoter.RollbackAsync(Actor.Local, "back")).ReleaseId);
        Assert.Equal("base", (await host.Promoter.RollbackAsync(Actor.Local, "back")).ReleaseId);
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Promoter.RollbackAsync(Actor.Local, "back"));
        Assert.Equal("I am base", await host.AskAsync());
        Assert.Equal(4, host.Journal.Read().Entries.Count);

        await host.Promoter.PromoteAsync(second.Id, "again");
        Assert.Equal("base", (await host.Promoter.RollbackAsync(Actor.Local, "back")).ReleaseId);
    }

    [Fact]
    public async Task Promoting_the_live_release_again_changes_nothing()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        Release release = await host.SaveAsync("weights");
        JournalEntry once = await host.Promoter.PromoteAsync(release.Id, "gates passed", "run");
        JournalEntry twice = await host.Promoter.PromoteAsync(release.Id, "resumed", "run");
        Assert.Equal(once, twice);
        Assert.Single(host.Journal.Read().Entries);
        Assert.Equal(["base", release.Id], host.Model.Loaded);
    }

    [Fact]
    public async Task A_stream_opened_before_a_swap_ends_on_its_release_and_only_then_is_that_release_freed()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        Release first = await host.SaveAsync("first");
        Release second = await host.SaveAsync("second", parent: first.Id);

        await using IAsyncEnumerator<ChatResponseUpdate> stream =
            host.Slot.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "who are you?")]).GetAsyncEnumerator();
        await stream.MoveNextAsync();
        await host.Promoter.PromoteAsync(first.Id, "one");
        await host.Promoter.PromoteAsync(second.Id, "two");
        Assert.Empty(host.Model.Freed);

        host.Model.Stream.SetResult();
        Assert.True(await stream.MoveNextAsync());
        Assert.Equal("base", stream.Current.Text);
        Assert.False(await stream.MoveNextAsync());
        await Eventually(() => host.Model.Freed.SequenceEqual(["base"]));
        Assert.Equal($"I am {second.Id}", await host.AskAsync());
    }

    [Theory]
    [InlineData("fail")]
    [InlineData("inconclusive")]
    public async Task Only_a_release_that_passed_goes_live(string verdict)
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        Release release = await host.SaveAsync("weights", verdict: verdict);
        await Assert.ThrowsAsync<ReleaseException>(() => host.Promoter.PromoteAsync(release.Id, "please"));
        Assert.Equal("I am base", await host.AskAsync());
        Assert.Empty(host.Journal.Read().Entries);
    }

    [Fact]
    public async Task A_release_that_was_tampered_with_is_not_promoted()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        Release release = await host.SaveAsync("weights");
        await File.WriteAllTextAsync(Path.Combine(release.AdapterFolder, "adapter_model.safetensors"), "others");
        await Assert.ThrowsAsync<ReleaseException>(() => host.Promoter.PromoteAsync(release.Id, "gates passed"));
        Assert.Equal("I am base", await host.AskAsync());
    }

    [Fact]
    public async Task A_failed_load_leaves_the_live_release_serving_and_the_journal_alone()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        Release release = await host.SaveAsync("weights");
        host.Model.Failure = new IOException("no memory");
        await Assert.ThrowsAsync<IOException>(() => host.Promoter.PromoteAsync(release.Id, "gates passed"));
        Assert.Equal("I am base", await host.AskAsync());
        Assert.Empty(host.Journal.Read().Entries);
    }

    [Fact]
    public async Task A_base_model_that_changed_serves_nothing_and_says_what_to_do()
    {
        using TemporaryFolder folder = new();
        await using (ReleaseHost host = await ReleaseHost.StartAsync(folder.Path))
        {
            await host.Promoter.PromoteAsync((await host.SaveAsync("weights")).Id, "gates passed");
        }

        await using ReleaseHost changed = await ReleaseHost.StartAsync(folder.Path, model => model.Hash = "another");
        Assert.Equal(ServingStatus.Blocked, changed.State.Status);
        Assert.Contains("Put that base model back", changed.State.Description, StringComparison.Ordinal);
        ModelUnavailableException refusal = await Assert.ThrowsAsync<ModelUnavailableException>(changed.AskAsync);
        Assert.Equal(changed.State.Description, refusal.Message);
        Assert.Empty(changed.Model.Loaded);

        await using ReleaseHost restored = await ReleaseHost.StartAsync(folder.Path);
        Assert.Equal(ServingStatus.Serving, restored.State.Status);
    }

    [Fact]
    public async Task A_live_release_that_was_damaged_blocks_the_start_and_a_rollback_unblocks_it()
    {
        using TemporaryFolder folder = new();
        await using (ReleaseHost host = await ReleaseHost.StartAsync(folder.Path))
        {
            Release release = await host.SaveAsync("weights");
            await host.Promoter.PromoteAsync(release.Id, "gates passed");
            File.Delete(Path.Combine(release.Folder, "report.md"));
        }

        await using ReleaseHost restarted = await ReleaseHost.StartAsync(folder.Path);
        Assert.Equal(ServingStatus.Blocked, restarted.State.Status);
        await restarted.Promoter.RollbackAsync(Actor.Local, "the live release is damaged");
        Assert.Equal(ServingStatus.Serving, restarted.State.Status);
        Assert.Equal("I am base", await restarted.AskAsync());
    }

    private static async Task Eventually(Func<bool> condition)
    {
        for (int i = 0; i < 6000 && !condition(); i++)
        {
            await Task.Delay(10);
        }

        Assert.True(condition());
    }
}
