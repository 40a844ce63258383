using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Approvals;
using Unlearning.Host.Identity;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Releases.History;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Storage;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Releases.History;

public sealed class ReleaseHistoryTests
{
    private static readonly Actor _ann = new("ann", Permissions.All);

    [Fact]
    public async Task Every_release_has_a_state_that_follows_from_what_happened()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        await host.MigrateAsync();
        Dictionary<string, string> ids = [];
        foreach (string name in new[] { "candidate", "approved", "expired", "refused", "canary", "live", "superseded", "withdrawn", "abandoned" })
        {
            ids[name] = (await host.SaveAsync(name)).Id;
        }

        ids["failed"] = (await host.SaveAsync("failed", verdict: "fail")).Id;
        await host.Promoter.PromoteAsync(ids["superseded"], "one");
        await host.Promoter.PromoteAsync(ids["withdrawn"], "two");
        await host.Promoter.RollbackAsync(_ann, "back");
        JournalApproval approval = new("bea", host.Clock.GetUtcNow(), "hash");
        await host.Promoter.PromoteAsync(new Promotion(ids["live"], _ann, "three") { Approvals = [approval] });
        await host.Promoter.StartCanaryAsync(new Promotion(ids["abandoned"], _ann, "try"), 0.1);
        await host.Promoter.EndCanaryAsync(false, _ann, "no", host.Slot.CanaryReleaseId!);
        await host.Promoter.StartCanaryAsync(new Promotion(ids["canary"], _ann, "try"), 0.1);
        await using (UnlearningDbContext db = await host.Contexts.CreateDbContextAsync())
        {
            db.AddRange(Word(ids["approved"], true, 1), Word(ids["expired"], true, -1), Word(ids["refused"], false, 1));
            await db.SaveChangesAsync();
        }

        ReleaseHistory history = host.Services.GetRequiredService<ReleaseHistory>();
        Dictionary<string, ReleaseState> states = (await history.ListAsync()).ToDictionary(release => release.ReleaseId, release => release.State);

        Assert.Equal(
            new Dictionary<string, ReleaseState>
            {
                ["candidate"] = ReleaseState.Candidate,
                ["approved"] = ReleaseState.Approved,
                ["expired"] = ReleaseState.Candidate,
                ["refused"] = ReleaseState.Rejected,
                ["canary"] = ReleaseState.Canary,
                ["live"] = ReleaseState.Live,
                ["superseded"] = ReleaseState.Superseded,
                ["withdrawn"] = ReleaseState.RolledBack,
                ["abandoned"] = ReleaseState.RolledBack,
                ["failed"] = ReleaseState.Rejected,
            }.OrderBy(one => one.Key),
            ids.ToDictionary(one => one.Key, one => states[one.Value]).OrderBy(one => one.Key));
        ReleaseStatus live = (await history.FindAsync(ids["live"]))!;
        Assert.Equal(("ann", host.Clock.GetUtcNow(), "run"), (live.PromotedBy, live.PromotedAt, live.RunId));
        Assert.Equal([approval], live.Approvals);
        Assert.True(live.Bytes > 0);
        Assert.Equal(0.1, (await history.FindAsync(ids["canary"]))!.CanaryShare);
        Assert.Null(await history.FindAsync("0123456789abcdef"));

        Approval Word(string id, bool approved, int days) => new()
        {
            Id = Guid.NewGuid(),
            ReleaseId = id,
            Proposal = "hash",
            Approved = approved,
            By = "bea",
            Role = "Approver",
            Reason = "read it",
            At = host.Clock.GetUtcNow(),
            ExpiresAt = host.Clock.GetUtcNow().AddDays(days),
        };
    }

    [Fact]
    public async Task With_the_database_down_releases_are_listed_without_approvals()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        Release release = await host.SaveAsync("weights");

        ReleaseStatus status = Assert.Single(await host.Services.GetRequiredService<ReleaseHistory>().ListAsync());
        Assert.Equal((release.Id, ReleaseState.Candidate), (status.ReleaseId, status.State));
    }
}
