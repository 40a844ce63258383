using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Audit;
using Unlearning.Host.Identity;
using Unlearning.Host.Storage;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Audit;

public sealed class AuditOutboxTests
{
    [Fact]
    public async Task A_change_and_its_event_are_both_there_or_neither()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        StoreWriter writer = store.Services.GetRequiredService<StoreWriter>();
        await Assert.ThrowsAsync<InvalidOperationException>(() => writer.WriteAsync<int>(
            (db, _) =>
            {
                AuditOutbox.Enlist(db, Event(store, "never"));
                throw new InvalidOperationException();
            },
            CancellationToken.None));
        await writer.WriteAsync(
            (db, _) =>
            {
                AuditOutbox.Enlist(db, Event(store, "done"));
                return Task.FromResult(0);
            },
            CancellationToken.None);

        AuditLog log = store.Services.GetRequiredService<AuditLog>();
        Assert.Equal("done", Assert.Single(log.Read(10)).Event.Subject);
        await using UnlearningDbContext left = await store.Contexts.CreateDbContextAsync();
        Assert.Empty(left.PendingAudit);
    }

    [Fact]
    public async Task An_event_that_a_crash_left_in_the_database_is_in_the_file_once_after_the_next_start()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        AuditLog log = store.Services.GetRequiredService<AuditLog>();
        AuditEvent before = Event(store, "moved, but its row is still there"), waiting = Event(store, "not moved");
        log.Append(before);
        await using (UnlearningDbContext db = await store.Contexts.CreateDbContextAsync())
        {
            AuditOutbox.Enlist(db, before);
            AuditOutbox.Enlist(db, waiting);
            await db.SaveChangesAsync();
        }

        await store.Services.GetRequiredService<AuditOutbox>().StartAsync(CancellationToken.None);

        Assert.Equal([waiting.Subject, before.Subject], log.Read(10).Select(entry => entry.Event.Subject));
        Assert.True(log.Verify().IsWhole);
        Assert.Equal(JsonSerializer.Serialize(waiting), JsonSerializer.Serialize(log.Read(1)[0].Event));
        await using UnlearningDbContext left = await store.Contexts.CreateDbContextAsync();
        Assert.Equal(0, await left.PendingAudit.CountAsync());
    }

    [Fact]
    public async Task A_batch_of_the_longest_reasons_that_a_crash_left_in_both_is_there_once()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        AuditLog log = store.Services.GetRequiredService<AuditLog>();
        string reason = new('\u4e16', AuditEvent.LongestReason);
        AuditEvent[] events = [.. Enumerable.Range(0, 50).Select(i => AuditEvent.Create(store.Clock, Actor.Service, "test.act", $"{i}", reason))];
        log.Append(events);
        await using (UnlearningDbContext db = await store.Contexts.CreateDbContextAsync())
        {
            foreach (AuditEvent one in events)
                AuditOutbox.Enlist(db, one);
            await db.SaveChangesAsync();
        }

        await store.Services.GetRequiredService<AuditOutbox>().DrainAsync();

        Assert.Equal(50, log.Read(1000).Count);
    }

    [Fact]
    public async Task While_the_file_cannot_be_written_changes_go_on_and_their_events_wait()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        DataFolder data = store.Services.GetRequiredService<DataFolder>();
        await File.WriteAllTextAsync(data.Audit, "damaged\n");
        StoreWriter writer = store.Services.GetRequiredService<StoreWriter>();
        await writer.WriteAsync(
            (db, _) =>
            {
                AuditOutbox.Enlist(db, Event(store, "late"));
                return Task.FromResult(0);
            },
            CancellationToken.None);
        File.Delete(data.Audit);

        await store.Services.GetRequiredService<AuditOutbox>().DrainAsync();

        Assert.Equal("late", Assert.Single(store.Services.GetRequiredService<AuditLog>().Read(10)).Event.Subject);
    }

    private static AuditEvent Event(TemporaryStore store, string subject) => AuditEvent.Create(store.Clock, Actor.Service, "test.act", subject);
}
