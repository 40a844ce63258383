using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Incidents;
using Unlearning.Host.Storage;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Incidents;

public sealed class GroupCommitTests
{
    [Fact]
    public async Task Interactions_recorded_at_once_are_each_counted_once_and_each_learns_what_became_of_its_own()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        using InteractionStore interactions = new(store.Services.GetRequiredService<StoreWriter>(), store.Clock);

        // Every third one comes twice, as after a connection that broke before the answer.
        IReadOnlyList<StoredInteraction>[] stored = await Task.WhenAll(Enumerable.Range(0, 300)
            .Select(i => i % 3 == 2 ? i - 1 : i)
            .Select(id => Task.Run(() => interactions.RecordAsync([Interaction($"i{id}", $"f{id % 10}")]))));

        Assert.Equal(100, stored.Count(one => one[0].Known));
        Assert.All(stored.Where(one => !one[0].Known), one => Assert.Single(one[0].Incidents));
        IReadOnlyList<Incident> incidents = await store.Incidents.ListAsync(null, 100);
        Assert.Equal(10, incidents.Count);
        Assert.Equal(200, incidents.Sum(incident => incident.Count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_round_trip_that_an_app_and_the_host_both_capture_is_counted_once_whoever_is_first(bool hostFirst)
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        using InteractionStore interactions = new(store.Services.GetRequiredService<StoreWriter>(), store.Clock);
        ObservedInteraction host = Interaction("host", "f"), app = Interaction("app", "f") with { SeenAs = "host" };

        bool first = (await interactions.RecordAsync([hostFirst ? host : app]))[0].Known;
        bool second = (await interactions.RecordAsync([hostFirst ? app : host]))[0].Known;

        Assert.Equal((false, true), (first, second));
        Assert.Equal(1, Assert.Single(await store.Incidents.ListAsync(null, 10)).Count);
    }

    [Fact]
    public async Task Who_asked_is_kept_when_the_app_reports_what_the_host_has_captured_already()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        using InteractionStore interactions = new(store.Services.GetRequiredService<StoreWriter>(), store.Clock);
        await interactions.RecordAsync([Interaction("host", "f")]);
        ObservedInteraction app = new(
            "app", DateTimeOffset.UnixEpoch, "host", [Observe.Harmful("f") with { InteractionId = "app", SubjectHash = "somebody" }]);

        Assert.True((await interactions.RecordAsync([app]))[0].Known);

        Assert.Equal("somebody", Assert.Single(await store.Incidents.ListAsync(null, 10)).SubjectHash);
        await using UnlearningDbContext db = await store.Contexts.CreateDbContextAsync();
        Assert.Equal("somebody", (await db.Occurrences.SingleAsync()).SubjectHash);
    }

    [Fact]
    public async Task The_subject_of_an_incident_is_whoever_its_text_is_of_and_nobody_else()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        using InteractionStore interactions = new(store.Services.GetRequiredService<StoreWriter>(), store.Clock);
        DateTimeOffset first = store.Clock.GetUtcNow(), second = first.AddMinutes(1);
        await interactions.RecordAsync([Host("host1", first)]);
        await interactions.RecordAsync([Host("host2", second)]);

        Assert.True((await interactions.RecordAsync([App("app1", "host1", "mary", first)]))[0].Known);
        Assert.Null(Assert.Single(await store.Incidents.ListAsync(null, 10)).SubjectHash);
        Assert.True((await interactions.RecordAsync([App("app2", "host2", "john", second)]))[0].Known);
        Assert.Equal("john", Assert.Single(await store.Incidents.ListAsync(null, 10)).SubjectHash);

        await using UnlearningDbContext db = await store.Contexts.CreateDbContextAsync();
        Assert.Equal(["mary", "john"], db.Occurrences.OrderBy(row => row.InteractionId).Select(row => row.SubjectHash));

        static ObservedInteraction Host(string id, DateTimeOffset at) => new(id, at, null, [Observe.Harmful("f") with { InteractionId = id, At = at }]);
        static ObservedInteraction App(string id, string seenAs, string subject, DateTimeOffset at) =>
            new(id, at, seenAs, [Observe.Harmful("f") with { InteractionId = id, SubjectHash = subject, At = at }]);
    }

    [Fact]
    public async Task An_id_that_another_server_gives_out_twice_hides_no_incident_of_an_app()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        using InteractionStore interactions = new(store.Services.GetRequiredService<StoreWriter>(), store.Clock);

        bool[] known =
        [
            (await interactions.RecordAsync([Interaction("one", "f") with { SeenAs = "always" }]))[0].Known,
            (await interactions.RecordAsync([Interaction("two", "f") with { SeenAs = "always" }]))[0].Known,
        ];

        Assert.Equal([false, false], known);
        Assert.Equal(2, Assert.Single(await store.Incidents.ListAsync(null, 10)).Count);
    }

    [Fact]
    public async Task One_that_cannot_be_stored_costs_no_other()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        using InteractionStore interactions = new(store.Services.GetRequiredService<StoreWriter>(), store.Clock);
        await using UnlearningDbContext db = await store.Contexts.CreateDbContextAsync();
        await db.Database.ExecuteSqlRawAsync(
            "CREATE TRIGGER poison BEFORE INSERT ON Incidents WHEN NEW.Fingerprint = 'poison' BEGIN SELECT RAISE(ABORT, 'no'); END");

        Task<IReadOnlyList<StoredInteraction>>[] recordings =
        [
            .. Enumerable.Range(0, 40).Select(i => Task.Run(() => interactions.RecordAsync([Interaction($"i{i}", i == 20 ? "poison" : $"f{i}")]))),
        ];
        for (int i = 0; i < recordings.Length; i++)
        {
            if (i == 20)
            {
                await Assert.ThrowsAsync<DbUpdateException>(() => recordings[20]);
            }
            else
            {
                Assert.False((await recordings[i])[0].Known);
            }
        }

        Assert.Equal(39, (await store.Incidents.ListAsync(null, 100)).Count);
    }

    [Fact]
    public async Task One_that_is_cancelled_costs_no_other()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        using InteractionStore interactions = new(store.Services.GetRequiredService<StoreWriter>(), store.Clock);
        using CancellationTokenSource cancelled = new();

        Task<IReadOnlyList<StoredInteraction>>[] recordings =
        [
            .. Enumerable.Range(0, 60).Select(i => Task.Run(
                () => interactions.RecordAsync([Interaction($"i{i}", $"f{i}")], i % 3 == 0 ? cancelled.Token : CancellationToken.None))),
        ];
        await cancelled.CancelAsync();

        foreach (Task<IReadOnlyList<StoredInteraction>> kept in recordings.Where((_, i) => i % 3 != 0))
        {
            Assert.Single(await kept);
        }
    }

    private static ObservedInteraction Interaction(string id, string fingerprint) =>
        new(id, DateTimeOffset.UnixEpoch, null, [Observe.Harmful(fingerprint) with { InteractionId = id }]);
}
