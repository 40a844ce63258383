using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Audit;
using Unlearning.Host.Identity;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Releases.Serving;
using Unlearning.Host.Tests.Storage;
using Unlearning.Plugin.Serving;

namespace Unlearning.Host.Tests.Releases.Watch;

public sealed class ReleaseCanaryTests
{
    private static readonly Dictionary<string, string?> _share = new() { ["Unlearning:Canary:Share"] = "0.25" };
    private static readonly Actor _ann = new("ann", Permissions.All);

    [Fact]
    public async Task With_a_share_a_promoted_release_first_serves_that_share_and_the_same_conversations_after_a_restart()
    {
        using TemporaryFolder folder = new();
        string id;
        string[] before;
        await using (ReleaseHost host = await ReleaseHost.StartAsync(folder.Path, settings: _share))
        {
            id = (await host.SaveAsync("weights")).Id;
            JournalEntry entry = await host.Promoter.PromoteAsync(id, "gates passed", "run");
            Assert.Equal((JournalAction.CanaryStarted, id, "base", 0.25), (entry.Action, entry.ReleaseId, entry.PreviousReleaseId, entry.Share));
            Assert.Equal(("base", id), (host.Slot.ReleaseId, host.Slot.CanaryReleaseId));
            Assert.Equal(entry, await host.Promoter.PromoteAsync(id, "resumed", "run"));
            JournalHistory history = host.Journal.Read();
            Assert.Equal("base", history.Current);
            Assert.Equal(["base"], history.RollbackPath());
            before = await ServedAsync(host);
            Assert.InRange(before.Count(release => release == id), 20, 90);
        }

        await using ReleaseHost restarted = await ReleaseHost.StartAsync(folder.Path);
        Assert.Equal(before, await ServedAsync(restarted));
    }

    [Fact]
    public async Task A_promoted_canary_is_live_for_everybody_with_its_run_and_its_approvals_and_nothing_is_loaded_again()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path, settings: _share);
        string id = (await host.SaveAsync("weights")).Id;
        JournalApproval approval = new("bea", host.Clock.GetUtcNow(), "hash");
        await host.Promoter.PromoteAsync(new Promotion(id, _ann, "gates passed") { RunId = "run", Approvals = [approval] });

        await host.Promoter.EndCanaryAsync(promote: true, _ann, "it did well", id);

        JournalEntry live = host.Journal.Read().Last!;
        Assert.Equal((JournalAction.Promoted, id, "run", "ann"), (live.Action, live.ReleaseId, live.RunId, live.Actor));
        Assert.Equal([approval], live.Approvals);
        Assert.All(await ServedAsync(host), release => Assert.Equal(id, release));
        Assert.Equal(["base", id], host.Model.Loaded);
        Assert.Equal("base", (await host.Promoter.RollbackAsync(_ann, "back")).ReleaseId);
        Assert.Equal(["base", id], host.Model.Loaded);
        Assert.Equal(
            ["release.rollback", "release.promote", "release.canary-start"],
            host.Services.GetRequiredService<AuditLog>().Read(10).Select(entry => entry.Event.Action));
    }

    [Fact]
    public async Task A_canary_is_promoted_with_the_approvals_that_were_counted_then_and_no_other_canary_in_its_place()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path, settings: _share);
        string id = (await host.SaveAsync("weights")).Id, other = (await host.SaveAsync("other")).Id;
        JournalApproval early = new("bea", host.Clock.GetUtcNow(), "hash"), late = new("eva", host.Clock.GetUtcNow(), "another hash");
        await host.Promoter.PromoteAsync(new Promotion(id, _ann, "gates passed") { Approvals = [early] });

        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Promoter.EndCanaryAsync(promote: true, _ann, "it did well", other, [late]));
        await host.Promoter.EndCanaryAsync(promote: true, _ann, "it did well", id, [late]);

        Assert.Equal([late], host.Journal.Read().Last!.Approvals);
    }

    [Fact]
    public async Task A_rollback_takes_the_canary_back_first_and_then_the_live_release()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        string first = (await host.SaveAsync("first")).Id, second = (await host.SaveAsync("second", parent: first)).Id;
        await host.Promoter.PromoteAsync(first, "one");
        await host.Promoter.StartCanaryAsync(new Promotion(second, _ann, "try it"), 1);
        Assert.Equal($"I am {second}", await host.AskAsync());

        JournalEntry ended = await host.Promoter.RollbackAsync(_ann, "it is odd");
        Assert.Equal((JournalAction.CanaryEnded, second, first), (ended.Action, ended.ReleaseId, ended.PreviousReleaseId));
        Assert.Equal($"I am {first}", await host.AskAsync());
        Assert.Equal("base", (await host.Promoter.RollbackAsync(_ann, "so is this")).ReleaseId);
        Assert.Equal("I am base", await host.AskAsync());
    }

    [Fact]
    public async Task A_canary_that_cannot_be_loaded_after_a_restart_is_withdrawn_and_the_live_release_serves()
    {
        using TemporaryFolder folder = new();
        string id;
        await using (ReleaseHost host = await ReleaseHost.StartAsync(folder.Path, settings: _share))
        {
            Release release = await host.SaveAsync("weights");
            id = release.Id;
            await host.Promoter.PromoteAsync(id, "gates passed");
            await File.WriteAllTextAsync(Path.Combine(release.Folder, "report.md"), "changed");
        }

        await using ReleaseHost restarted = await ReleaseHost.StartAsync(folder.Path, settings: _share);
        Assert.Equal(ServingStatus.Serving, restarted.State.Status);
        Assert.Null(restarted.Slot.CanaryReleaseId);
        JournalEntry ended = restarted.Journal.Read().Entries[^1];
        Assert.Equal((JournalAction.CanaryEnded, id, "service"), (ended.Action, ended.ReleaseId, ended.Actor));
    }

    [Fact]
    public async Task A_canary_is_taken_back_in_one_step_after_a_restart_and_stays_away_after_the_next()
    {
        using TemporaryFolder folder = new();
        string id;
        await using (ReleaseHost host = await ReleaseHost.StartAsync(folder.Path, settings: _share))
        {
            id = (await host.SaveAsync("weights")).Id;
            await host.Promoter.PromoteAsync(id, "gates passed");
        }

        await using (ReleaseHost restarted = await ReleaseHost.StartAsync(folder.Path, settings: _share))
        {
            Assert.Equal(id, restarted.Slot.CanaryReleaseId);
            Assert.Equal(JournalAction.CanaryEnded, (await restarted.Promoter.RollbackAsync(_ann, "it is odd")).Action);
        }

        await using ReleaseHost last = await ReleaseHost.StartAsync(folder.Path, settings: _share);
        Assert.Null(last.Slot.CanaryReleaseId);
        Assert.All(await ServedAsync(last), release => Assert.Equal("base", release));
    }

    [Fact]
    public async Task A_newer_release_takes_the_canarys_place()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path, settings: _share);
        string first = (await host.SaveAsync("first")).Id, second = (await host.SaveAsync("second")).Id;
        await host.Promoter.PromoteAsync(first, "one");
        await host.Promoter.PromoteAsync(second, "two");

        Assert.Equal(second, host.Slot.CanaryReleaseId);
        Assert.Equal(
            [(JournalAction.CanaryStarted, first), (JournalAction.CanaryEnded, first), (JournalAction.CanaryStarted, second)],
            host.Journal.Read().Entries.Select(entry => (entry.Action, entry.ReleaseId)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Promoter.EndCanaryAsync(true, _ann, "late", first));
        Assert.Equal("base", host.Slot.ReleaseId);
    }

    [Fact]
    public async Task Only_a_release_that_passed_becomes_a_canary()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        string failed = (await host.SaveAsync("weights", verdict: "fail")).Id;
        await Assert.ThrowsAsync<ReleaseException>(() => host.Promoter.StartCanaryAsync(new Promotion(failed, _ann, "try"), 0.5));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => host.Promoter.StartCanaryAsync(new Promotion(failed, _ann, "try"), 0));
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Promoter.EndCanaryAsync(false, _ann, "there is none", failed));
        Assert.Empty(host.Journal.Read().Entries);
    }

    [Fact]
    public async Task Lines_from_before_actors_were_kept_still_count()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        const string Entry =
            """{"sequence":1,"at":"2026-03-01T12:00:00+00:00","action":"promoted","releaseId":"0123456789abcdef","contentHash":null,"previousReleaseId":"base","reason":"passed","runId":"run"}""";
        string hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Entry)));
        await File.WriteAllTextAsync(host.Journal.Path, $"{{\"sha256\":\"{hash}\",\"entry\":{Entry}}}\n");

        JournalEntry read = Assert.Single(host.Journal.Read().Entries);
        Assert.Equal(("0123456789abcdef", null, null), (read.ReleaseId, read.Actor, read.Approvals));
    }

    private static async Task<string[]> ServedAsync(ReleaseHost host)
    {
        List<string> served = [];
        for (int i = 0; i < 200; i++)
        {
            ChatResponse response = await host.Slot.GetResponseAsync([new ChatMessage(ChatRole.User, $"conversation {i}")]);
            string release = (string)response.AdditionalProperties![ModelSlot.ReleaseKey]!;
            Assert.Equal($"I am {release}", response.Text);
            served.Add(release);
        }

        return [.. served];
    }
}
