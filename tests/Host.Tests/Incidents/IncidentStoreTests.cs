using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Incidents;
using Unlearning.Host.Storage;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Incidents;

public sealed class IncidentStoreTests
{
    [Fact]
    public async Task The_same_fingerprint_is_one_incident_that_counts_and_keeps_the_latest_harmful_answer()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        IncidentObservation first = Observe.Harmful("f", "first");
        await store.Incidents.RecordAsync([first]);
        await store.Incidents.RecordAsync([Observe.Harmful("f", "second") with { At = first.At.AddHours(1), SubjectHash = "s" }]);
        await store.Incidents.RecordAsync([Observe.Refused("f") with { At = first.At.AddHours(2) }]);

        Incident incident = Assert.Single(await store.Incidents.ListAsync(null, 10));
        Assert.Equal(3, incident.Count);
        Assert.Equal("second", incident.Answer);
        Assert.True(incident.AnswerMatched);
        Assert.Equal("s", incident.SubjectHash);
        Assert.Equal(first.At, incident.FirstSeen);
        Assert.Equal(first.At.AddHours(2), incident.LastSeen);
    }

    [Fact]
    public async Task An_interaction_reported_twice_is_counted_once()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        IncidentObservation observation = Observe.Harmful("f");
        await store.Incidents.RecordAsync([observation]);
        await store.Incidents.RecordAsync([observation with { Answer = "changed" }]);
        await store.Incidents.RecordAsync([observation, observation]);

        Incident incident = Assert.Single(await store.Incidents.ListAsync(null, 10));
        Assert.Equal(1, incident.Count);
        Assert.Equal(observation.Answer, incident.Answer);
    }

    [Fact]
    public async Task No_count_is_lost_under_32_writers_in_two_processes()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        await using ServiceProvider other = TemporaryStore.Open(store.Path, store.Clock);
        IncidentStore[] processes = [store.Incidents, other.GetRequiredService<IncidentStore>()];
        const int Each = 4;
        await Task.WhenAll(Enumerable.Range(0, 32).Select(writer => Task.Run(async () =>
        {
            for (int i = 0; i < Each; i++)
            {
                await processes[writer % 2].RecordAsync([Observe.Harmful($"f{i % 2}")]);
            }
        })));

        IReadOnlyList<Incident> incidents = await store.Incidents.ListAsync(null, 10);
        Assert.Equal(2, incidents.Count);
        Assert.Equal(32 * Each, incidents.Sum(incident => incident.Count));
        await using UnlearningDbContext db = await store.Contexts.CreateDbContextAsync();
        Assert.Equal(32 * Each, await db.Occurrences.CountAsync());
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_after_a_restart()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        await store.Incidents.RecordAsync([Observe.Harmful("f")]);
        SqliteConnection.ClearAllPools();
        await using ServiceProvider restarted = TemporaryStore.Open(store.Path, store.Clock);
        Assert.Single(await restarted.GetRequiredService<IncidentStore>().ListAsync(IncidentStatus.New, 10));
    }

    [Fact]
    public async Task The_database_keeps_a_write_ahead_log_and_flushes_every_commit()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        await using UnlearningDbContext db = await store.Contexts.CreateDbContextAsync();
        Assert.Equal("wal", (await db.Database.SqlQueryRaw<string>("SELECT journal_mode AS Value FROM pragma_journal_mode").ToListAsync()).Single());
        await db.Database.OpenConnectionAsync();
        Assert.Equal(2L, (await db.Database.SqlQueryRaw<long>("SELECT synchronous AS Value FROM pragma_synchronous").ToListAsync()).Single());
    }

    [Fact]
    public async Task The_checked_in_migrations_make_exactly_this_programs_model()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        await using UnlearningDbContext db = await store.Contexts.CreateDbContextAsync();
        Assert.False(db.Database.HasPendingModelChanges());
        Assert.Empty(await db.Database.GetPendingMigrationsAsync());
    }

    [Fact]
    public async Task Only_a_policy_that_auto_accepts_confirms_without_a_reviewer()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        await store.Incidents.RecordAsync([Observe.Harmful("manual"), Observe.Harmful("auto") with { AutoAccept = true }]);
        Assert.Equal("auto", Assert.Single(await store.Incidents.ListAsync(IncidentStatus.Confirmed, 10)).Fingerprint);
        Assert.Equal("manual", Assert.Single(await store.Incidents.ListAsync(IncidentStatus.New, 10)).Fingerprint);
    }

    [Fact]
    public async Task A_dismissed_incident_stays_dismissed_until_its_first_harmful_answer()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        Guid refused = (await store.Incidents.RecordAsync([Observe.Refused("refused")]))[0].Id;
        Guid harmless = (await store.Incidents.RecordAsync([Observe.Harmful("harmless")]))[0].Id;
        Assert.Equal(2, await store.Services.ReviewAsync([refused, harmless], harmful: false));

        await store.Incidents.RecordAsync([Observe.Refused("refused"), Observe.Harmful("harmless") with { AutoAccept = true }]);
        Assert.Equal(2, (await store.Incidents.ListAsync(IncidentStatus.Dismissed, 10)).Count);

        await store.Incidents.RecordAsync([Observe.Harmful("refused")]);
        Assert.Equal(IncidentStatus.New, (await store.Incidents.FindAsync(refused))!.Status);
        Assert.Equal(IncidentStatus.Dismissed, (await store.Incidents.FindAsync(harmless))!.Status);
    }

    [Fact]
    public async Task A_confirmation_of_a_refusal_does_not_cover_a_later_harmful_answer()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        Guid id = (await store.Incidents.RecordAsync([Observe.Refused("f")]))[0].Id;
        await store.Services.ReviewAsync([id], harmful: true);
        await store.Incidents.RecordAsync([Observe.Harmful("f")]);
        Assert.Equal(IncidentStatus.New, (await store.Incidents.FindAsync(id))!.Status);
    }

    [Fact]
    public async Task A_remediated_incident_seen_from_a_later_release_recurs_and_counts_against_that_release()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        Guid id = await Remediated(store, "f", "r1");

        await store.Incidents.RecordAsync([Observe.Harmful("f") with { ReleaseLineage = ["r2", "r1", "base"] }]);

        Assert.Equal(IncidentStatus.Recurred, (await store.Incidents.FindAsync(id))!.Status);
        await using UnlearningDbContext db = await store.Contexts.CreateDbContextAsync();
        Assert.Equal("r2", Assert.Single(await db.Occurrences.Where(occurrence => occurrence.Recurrence).ToListAsync()).ReleaseId);
    }

    [Fact]
    public async Task A_stream_that_ends_late_on_an_older_release_is_no_recurrence()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        Guid id = await Remediated(store, "f", "r1");
        await store.Incidents.RecordAsync([Observe.Harmful("f") with { ReleaseLineage = ["base"] }]);
        Assert.Equal(IncidentStatus.Remediated, (await store.Incidents.FindAsync(id))!.Status);
    }

    [Fact]
    public async Task A_refusal_by_the_release_that_forgot_is_no_recurrence()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        Guid id = await Remediated(store, "f", "r1");
        await store.Incidents.RecordAsync([Observe.Refused("f") with { ReleaseLineage = ["r1", "base"] }]);
        Assert.Equal(IncidentStatus.Remediated, (await store.Incidents.FindAsync(id))!.Status);
    }

    [Fact]
    public async Task After_a_rollback_what_the_old_release_had_not_forgotten_is_open_again()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        Guid kept = await Remediated(store, "kept", "r1");
        Guid lost = await Remediated(store, "lost", "r2");

        Assert.Equal(1, await store.Incidents.ReopenAsync(Observe.BaseHash, ["r1", "base"]));
        Assert.Equal(0, await store.Incidents.ReopenAsync(Observe.BaseHash, ["r1", "base"]));

        Assert.Equal(IncidentStatus.Remediated, (await store.Incidents.FindAsync(kept))!.Status);
        Assert.Equal(IncidentStatus.Confirmed, (await store.Incidents.FindAsync(lost))!.Status);
    }

    [Fact]
    public async Task The_same_fingerprint_on_another_base_model_is_another_incident()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        await Remediated(store, "f", "r1");
        Incident other = (await store.Incidents.RecordAsync([Observe.Harmful("f") with { BaseModelHash = "another" }]))[0];
        Assert.Equal(IncidentStatus.New, other.Status);
    }

    private static async Task<Guid> Remediated(TemporaryStore store, string fingerprint, string release)
    {
        Guid id = (await store.Incidents.RecordAsync([Observe.Harmful(fingerprint) with { AutoAccept = true }]))[0].Id;
        Assert.Equal(1, await store.Services.RemediateAsync([id], release));
        return id;
    }
}
