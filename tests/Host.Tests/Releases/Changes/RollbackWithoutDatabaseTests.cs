using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Audit;
using Unlearning.Host.Identity;
using Unlearning.Host.Incidents;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Releases.Serving;
using Unlearning.Host.Tests.Incidents;
using Unlearning.Host.Tests.Jobs;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Releases.Changes;

public sealed class RollbackWithoutDatabaseTests
{
    [Fact]
    public async Task While_the_database_is_locked_a_rollback_swaps_and_is_journalled_and_audited_and_the_incidents_follow_later()
    {
        using TemporaryFolder folder = new();
        await using JobHost host = await JobHost.StartAsync(folder.Path);
        IServiceProvider services = host.Services;
        await services.GetRequiredService<ServingState>().WaitUntilSettledAsync(CancellationToken.None);
        IncidentStore incidents = services.GetRequiredService<IncidentStore>();
        Release release = await services.GetRequiredService<ReleaseStore>().SaveAsync(
            ReleaseHost.Manifest(), (staging, _) => ReleaseHost.WriteContentAsync(staging, "weights"));
        Promoter promoter = services.GetRequiredService<Promoter>();
        await promoter.PromoteAsync(release.Id, "passed");
        Guid id = (await incidents.RecordAsync([Observe.Harmful("f") with { AutoAccept = true }]))[0].Id;
        await services.RemediateAsync([id], release.Id);
        int loaded = host.Model.Loaded.Count;

        JournalEntry entry;
        await using (SqliteConnection other = new(services.GetRequiredService<Unlearning.Host.Storage.DataFolder>().UnlearningConnectionString))
        {
            await other.OpenAsync();
            await using SqliteCommand command = other.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE";
            await command.ExecuteNonQueryAsync();

            entry = await promoter.RollbackAsync(Actor.Local, "it answers oddly");

            Assert.Equal("base", services.GetRequiredService<Unlearning.Plugin.Serving.ModelSlot>().ReleaseId);
            Assert.Equal(entry, services.GetRequiredService<LiveReleaseJournal>().Read().Entries[^1]);
            Assert.Equal("release.rollback", services.GetRequiredService<AuditLog>().Read(1).Single().Event.Action);
            Assert.Equal(loaded, host.Model.Loaded.Count);
            Assert.Equal(IncidentStatus.Remediated, (await incidents.FindAsync(id))!.Status);
            command.CommandText = "ROLLBACK";
            await command.ExecuteNonQueryAsync();
        }

        await JobHost.Eventually(async () => (await incidents.FindAsync(id))!.Status == IncidentStatus.Confirmed);
    }

    [Fact]
    public async Task While_the_database_is_no_database_a_rollback_swaps_and_the_next_start_serves_what_it_said()
    {
        using TemporaryFolder folder = new();
        await using (ReleaseHost host = await ReleaseHost.StartAsync(folder.Path))
        {
            await File.WriteAllTextAsync(Path.Combine(folder.Path, "unlearning.db"), "this is no database, but long enough to look at its head: " + new string('x', 4096));
            await host.Promoter.PromoteAsync((await host.SaveAsync("weights")).Id, "passed");
            Assert.Equal("base", (await host.Promoter.RollbackAsync(Actor.Local, "back")).ReleaseId);
            Assert.Equal("I am base", await host.AskAsync());
        }

        await using ReleaseHost restarted = await ReleaseHost.StartAsync(folder.Path);
        Assert.Equal("I am base", await restarted.AskAsync());
    }

    [Fact]
    public async Task A_rollback_offline_loads_nothing_and_is_what_the_next_start_serves()
    {
        using TemporaryFolder folder = new();
        string first, second;
        await using (ReleaseHost host = await ReleaseHost.StartAsync(folder.Path))
        {
            first = (await host.SaveAsync("first")).Id;
            second = (await host.SaveAsync("second", parent: first)).Id;
            await host.Promoter.PromoteAsync(first, "one");
            await host.Promoter.PromoteAsync(second, "two");
            JournalEntry entry = host.Services.GetRequiredService<OfflineRollback>().RollBack(Actor.System, "the service does not start");
            Assert.Equal((JournalAction.RolledBack, first, second), (entry.Action, entry.ReleaseId, entry.PreviousReleaseId));
            Assert.Equal(Actor.System.Name, host.Services.GetRequiredService<AuditLog>().Read(1).Single().Event.Actor);
        }

        await using ReleaseHost restarted = await ReleaseHost.StartAsync(folder.Path);
        Assert.Equal($"I am {first}", await restarted.AskAsync());
        Assert.Equal([first], restarted.Model.Loaded);
    }

    [Fact]
    public async Task A_rollback_whose_process_died_before_its_incidents_followed_opens_them_at_the_next_start()
    {
        using TemporaryFolder folder = new();
        Guid id;
        await using (JobHost host = await JobHost.StartAsync(folder.Path))
        {
            IServiceProvider services = host.Services;
            await services.GetRequiredService<ServingState>().WaitUntilSettledAsync(CancellationToken.None);
            Release release = await services.GetRequiredService<ReleaseStore>().SaveAsync(
                ReleaseHost.Manifest(), (staging, _) => ReleaseHost.WriteContentAsync(staging, "weights"));
            await services.GetRequiredService<Promoter>().PromoteAsync(release.Id, "passed");
            id = (await services.GetRequiredService<IncidentStore>().RecordAsync([Observe.Harmful("f") with { AutoAccept = true }]))[0].Id;
            await services.RemediateAsync([id], release.Id);
            await host.StopAsync();

            // As far as it got: the journal's line, and nothing after it.
            services.GetRequiredService<LiveReleaseJournal>().Append(history => JournalEntry.After(
                history, TimeProvider.System, JournalAction.RolledBack, Release.BaseId, null, new Promotion(Release.BaseId, Actor.Local, "it answers oddly")));
        }

        await using JobHost restarted = await JobHost.StartAsync(folder.Path);
        IncidentStore incidents = restarted.Services.GetRequiredService<IncidentStore>();
        await JobHost.Eventually(async () => (await incidents.FindAsync(id))!.Status == IncidentStatus.Confirmed);
        Assert.Equal(Release.BaseId, restarted.Services.GetRequiredService<Unlearning.Plugin.Serving.ModelSlot>().ReleaseId);
        Assert.Equal("release.rollback", restarted.Services.GetRequiredService<AuditLog>().Read(1).Single().Event.Action);
    }

    [Fact]
    public async Task A_change_whose_audit_a_crash_prevented_is_in_the_audit_after_the_next_start_once()
    {
        using TemporaryFolder folder = new();
        await using ReleaseHost host = await ReleaseHost.StartAsync(folder.Path);
        ReleaseAudit audit = host.Services.GetRequiredService<ReleaseAudit>();
        AuditLog log = host.Services.GetRequiredService<AuditLog>();
        await host.Promoter.PromoteAsync((await host.SaveAsync("weights")).Id, "passed");
        File.Delete(log.Path);
        File.Delete(new Unlearning.Host.Storage.DataFolder(folder.Path).AuditHead);

        await audit.StartAsync(CancellationToken.None);
        await audit.StartAsync(CancellationToken.None);

        Assert.Equal("release.promote", Assert.Single(log.Read(10)).Event.Action);
    }
}
