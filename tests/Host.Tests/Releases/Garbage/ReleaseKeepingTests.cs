using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Audit;
using Unlearning.Host.Identity;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Releases.Garbage;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Releases.Garbage;

public sealed class ReleaseKeepingTests
{
    private static readonly DateTimeOffset _old = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), _now = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Whatever_happened_what_serves_its_way_back_and_all_lineages_of_kept_releases_are_never_deleted()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            Random random = new(seed);
            List<(string Id, ReleaseManifest? Manifest, DateTimeOffset SavedAt)> releases = [];
            for (int i = 0; i < 12; i++)
            {
                string parent = i == 0 || random.Next(3) == 0 ? Release.BaseId : releases[random.Next(i)].Id;
                releases.Add((Id(i), random.Next(12) == 0 ? null : ReleaseHost.Manifest(parent), random.Next(5) == 0 ? _now : _old));
            }

            JournalHistory journal = RandomJournal(random, releases.Count);
            int keep = random.Next(1, 5);
            ReleaseReferences references = new(new HashSet<string> { Id(random.Next(12)) }, new HashSet<string>());

            IReadOnlyList<GarbageVerdict> verdicts = ReleaseKeeping.Judge(releases, journal, references, keep, _now - TimeSpan.FromDays(30));

            Assert.Equal(releases.Select(release => release.Id), verdicts.Select(verdict => verdict.ReleaseId));
            HashSet<string> deleted = [.. verdicts.Where(verdict => verdict.KeptBecause is null).Select(verdict => verdict.ReleaseId)];
            Assert.DoesNotContain(journal.Current, deleted);
            Assert.DoesNotContain(journal.OpenCanary?.ReleaseId ?? Release.BaseId, deleted);
            Assert.DoesNotContain(references.Releases.Single(), deleted);
            Assert.Empty(journal.RollbackPath().SkipLast(1).Where(id => id != Release.BaseId).TakeLast(keep).Intersect(deleted));
            Assert.DoesNotContain(releases, release => release.Manifest is null && deleted.Contains(release.Id));
            Dictionary<string, string?> parents = releases.ToDictionary(release => release.Id, release => release.Manifest?.Parent);
            foreach ((string id, _, _) in releases.Where(release => !deleted.Contains(release.Id)))
            {
                for (string? at = id; at is not null and not Release.BaseId; at = parents[at])
                {
                    Assert.DoesNotContain(at, deleted);
                }
            }

            // Judged again after the deletion, nothing more goes, and the way back is as long.
            var left = releases.Where(release => !deleted.Contains(release.Id)).ToList();
            Assert.All(ReleaseKeeping.Judge(left, journal, references, keep, _now - TimeSpan.FromDays(30)), verdict => Assert.NotNull(verdict.KeptBecause));
        }
    }

    [Fact]
    public void What_is_kept_says_why()
    {
        (string, ReleaseManifest?, DateTimeOffset)[] releases =
        [
            (Id(0), ReleaseHost.Manifest(), _old),
            (Id(1), ReleaseHost.Manifest(Id(0)), _old),
            (Id(2), ReleaseHost.Manifest(verdict: "fail"), _old),
            (Id(3), ReleaseHost.Manifest(verdict: "fail"), _now),
            (Id(4), ReleaseHost.Manifest() with { RunId = "active" }, _old),
            (Id(5), ReleaseHost.Manifest(), _old),
        ];
        JournalHistory journal = new([Entry(1, JournalAction.Promoted, Id(1), Release.BaseId)], 1) { NamedInDamage = new HashSet<string> { Id(5) } };

        Assert.Equal(
            [
                $"release {Id(1)} was trained from it",
                "it is live",
                null,
                "it is too young",
                "its run is not over",
                "a damaged line of the journal names it",
            ],
            ReleaseKeeping.Judge(releases, journal, new ReleaseReferences(new HashSet<string>(), new HashSet<string> { "active" }), 1, _now)
                .Select(verdict => verdict.KeptBecause));
    }

    [Fact]
    public async Task What_nothing_needs_is_listed_first_then_deleted_and_each_deletion_is_in_the_audit()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        await host.MigrateAsync();
        Release live = await host.SaveAsync("live"), failed = await host.SaveAsync("failed", verdict: "fail"), young = await host.SaveAsync("young");
        await host.Promoter.PromoteAsync(live.Id, "gates passed");
        foreach (Release release in new[] { live, failed })
        {
            File.SetLastWriteTimeUtc(Path.Combine(release.Folder, "manifest.json"), _old.UtcDateTime);
        }

        File.SetLastWriteTimeUtc(Path.Combine(young.Folder, "manifest.json"), host.Clock.GetUtcNow().UtcDateTime);
        ReleaseGarbage garbage = host.Services.GetRequiredService<ReleaseGarbage>();

        Assert.Equal(failed.Id, Assert.Single(await garbage.ListAsync(), one => one.KeptBecause is null).ReleaseId);
        Assert.True(host.Store.Contains(failed.Id));
        Assert.Equal([failed.Id], await garbage.CollectAsync(Actor.Service, "nothing needs it"));

        Assert.Equal(new[] { live.Id, young.Id }.Order(StringComparer.Ordinal), host.Store.List());
        AuditEntry entry = host.Services.GetRequiredService<AuditLog>().Read(1).Single();
        Assert.Equal(("release.delete", failed.Id, "service"), (entry.Event.Action, entry.Event.Subject, entry.Event.Actor));
    }

    [Fact]
    public async Task Two_collections_at_once_delete_each_release_once()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        await host.MigrateAsync();
        List<string> failed = [];
        for (int i = 0; i < 3; i++)
        {
            Release release = await host.SaveAsync($"failed {i}", verdict: "fail");
            File.SetLastWriteTimeUtc(Path.Combine(release.Folder, "manifest.json"), _old.UtcDateTime);
            failed.Add(release.Id);
        }

        // Both have listed them when the first may delete.
        ReleaseGarbage garbage = host.Services.GetRequiredService<ReleaseGarbage>();
        using ManualResetEventSlim goOn = new();
        Task<int> held = Task.Run(() => host.Services.GetRequiredService<ReleaseChanges>().WhileNothingChangesAsync(
            () =>
            {
                goOn.Wait();
                return 0;
            },
            CancellationToken.None));
        Task<IReadOnlyList<string>>[] both = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() => garbage.CollectAsync(Actor.Service, "nothing needs it")))];
        await Task.Delay(500);
        goOn.Set();
        await held;

        Assert.Equal(failed.Order(StringComparer.Ordinal), (await Task.WhenAll(both)).SelectMany(ids => ids).Order(StringComparer.Ordinal));
        Assert.Empty(host.Store.List());
    }

    [Fact]
    public async Task A_deletion_that_the_audit_cannot_take_deletes_nothing()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        await host.MigrateAsync();
        Release failed = await host.SaveAsync("failed", verdict: "fail");
        File.SetLastWriteTimeUtc(Path.Combine(failed.Folder, "manifest.json"), _old.UtcDateTime);
        Directory.CreateDirectory(host.Services.GetRequiredService<AuditLog>().Path);

        await Assert.ThrowsAnyAsync<Exception>(() => host.Services.GetRequiredService<ReleaseGarbage>().CollectAsync(Actor.Service, "nothing needs it"));
        Assert.Equal(failed.ContentHash, host.Store.Verify(failed.Id).ContentHash);
    }

    [Fact]
    public async Task With_the_database_down_nothing_is_deleted()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        Release failed = await host.SaveAsync("failed", verdict: "fail");
        File.SetLastWriteTimeUtc(Path.Combine(failed.Folder, "manifest.json"), _old.UtcDateTime);

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(
            () => host.Services.GetRequiredService<ReleaseGarbage>().CollectAsync(Actor.Service, "nothing needs it"));
        Assert.True(host.Store.Contains(failed.Id));
    }

    [Fact]
    public async Task A_rollback_passes_over_a_release_that_is_gone()
    {
        using TemporaryFolder folder = new();
        string first, second;
        await using (ReleaseHost host = await ReleaseHost.StartAsync(folder.Path))
        {
            first = (await host.SaveAsync("first")).Id;
            second = (await host.SaveAsync("second")).Id;
            await host.Promoter.PromoteAsync(first, "one");
            await host.Promoter.PromoteAsync(second, "two");
        }

        await using ReleaseHost restarted = await ReleaseHost.StartAsync(folder.Path);
        Directory.Delete(restarted.Store.TakeName(first)!, recursive: true);
        Assert.Equal("base", (await restarted.Promoter.RollbackAsync(Actor.Local, "back")).ReleaseId);
        Assert.Equal("I am base", await restarted.AskAsync());
        Assert.Equal(["base"], restarted.Journal.Read().RollbackPath());
    }

    private static JournalHistory RandomJournal(Random random, int releases)
    {
        List<JournalEntry> entries = [];
        for (int i = 1; i <= 15; i++)
        {
            JournalHistory history = new(entries.ToArray(), 0);
            IReadOnlyList<string> path = history.RollbackPath();
            entries.Add(random.Next(4) switch
            {
                0 when path.Count > 1 => Entry(i, JournalAction.RolledBack, path[^2], history.Current),
                1 => Entry(i, JournalAction.CanaryStarted, Id(random.Next(releases)), history.Current),
                2 when history.OpenCanary is { } open => Entry(i, JournalAction.CanaryEnded, open.ReleaseId, history.Current),
                _ => Entry(i, JournalAction.Promoted, Id(random.Next(releases)), history.Current),
            });
        }

        return new JournalHistory(entries, 0);
    }

    private static JournalEntry Entry(int sequence, JournalAction action, string id, string previous) => new()
    {
        Sequence = sequence,
        At = _old,
        Action = action,
        ReleaseId = id,
        PreviousReleaseId = previous,
        Reason = "test",
    };

    private static string Id(int i) => i.ToString("x16", CultureInfo.InvariantCulture);
}
