using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Audit;
using Unlearning.Host.Incidents;
using Unlearning.Host.Incidents.Review;
using Unlearning.Host.Incidents.Review.Bulk;
using Unlearning.Host.Incidents.Review.Details;
using Unlearning.Host.Incidents.Review.Lists;
using Unlearning.Host.Storage;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Incidents.Review;

public sealed class IncidentDeskTests
{
    [Fact]
    public async Task Every_change_is_in_the_audit_with_who_and_why_and_what_changes_nothing_is_not()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        Guid id = await RecordAsync(store, "f");
        IIncidentDesk alice = store.DeskOf("alice");
        await alice.JudgeAsync([$"{id}"], harmful: true, "mail me@example.org", default);
        await alice.JudgeAsync([$"{id}"], harmful: true, "again", default);
        await alice.AssignAsync([$"{id}"], "me", default);
        await alice.AssignAsync([$"{id}"], "alice", default);
        await alice.CommentAsync($"{id}", "the harmful answer, as last week", default);
        await alice.ReopenAsync([$"{id}"], ownOnly: false, null, default);

        AuditEvent[] events = [.. Audit(store).Read(10).Select(entry => entry.Event).Reverse()];
        Assert.Equal(["incident.confirm", "incident.assign", "incident.comment", "incident.reopen"], events.Select(one => one.Action));
        Assert.All(events, one => Assert.Equal(("alice", $"{id}"), (one.Actor, one.Subject)));
        Assert.Equal(("mail [email]", "new", "confirmed"), (events[0].Reason, events[0].Details["before"], events[0].Details["after"]));
        Assert.Equal("alice", events[1].Details["to"]);
        Assert.DoesNotContain("as last week", await File.ReadAllTextAsync(Audit(store).Path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_is_in_the_audit_before_it_is_given_out_and_kept_back_when_it_cannot_be()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        Guid id = await RecordAsync(store, "f");
        IIncidentDesk alice = store.DeskOf("alice");
        await alice.CommentAsync($"{id}", "my note", default);
        IncidentDetails masked = await alice.ShowAsync($"{id}", default);
        Assert.Equal((null, null, 11, 7), (masked.Prompt, masked.Answer, masked.PromptLength, Assert.Single(masked.Comments).Length));
        Assert.Null(masked.Comments[0].Text);

        IncidentDetails revealed = await alice.RevealAsync($"{id}"[..10], "to judge", default);
        Assert.Equal(("prompt of f", "the harmful answer", "my note"), (revealed.Prompt, revealed.Answer, revealed.Comments[0].Text));
        Assert.Equal("my note", Assert.Single(await alice.CommentsAsync($"{id}", default)).Text);
        AuditEvent[] reveals = [.. Audit(store).Read(10).Select(entry => entry.Event).Where(one => one.Action == "incident.reveal")];
        Assert.Equal([("alice", $"{id}", "comments", null), ("alice", $"{id}", "text", "to judge")], reveals.Select(one => (one.Actor, one.Subject, one.Details["what"], one.Reason)));

        await File.WriteAllTextAsync(Audit(store).Path, "damaged\n");
        await Assert.ThrowsAsync<InvalidDataException>(() => alice.RevealAsync($"{id}", null, default));
        await Assert.ThrowsAsync<InvalidDataException>(() => alice.CommentsAsync($"{id}", default));
        Assert.Null((await alice.ShowAsync($"{id}", default)).Prompt);
    }

    [Fact]
    public async Task All_of_a_filter_are_changed_together_if_they_are_as_many_as_expected_and_are_one_entry()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        await store.Incidents.RecordAsync(
        [
            .. Enumerable.Range(0, 3).Select(i => Observe.Harmful($"hte{i}") with { Hazard = "ailuminate:hte" }),
            Observe.Harmful("other"),
        ]);
        IIncidentDesk alice = store.DeskOf("alice");
        IncidentFilter filter = new() { Status = IncidentStatus.New, Hazard = "hte" };

        Assert.Equal((3, 0), Counts(await alice.BulkAsync(new BulkReview(BulkAction.Confirm, filter, Dry: true), default)));
        ReviewException other = await Assert.ThrowsAsync<ReviewException>(() => alice.BulkAsync(new BulkReview(BulkAction.Confirm, filter, Expect: 2), default));
        Assert.Equal((ReviewProblem.Conflict, true), (other.Problem, other.Message.Contains("fits 3 incidents, not 2; nothing was changed", StringComparison.Ordinal)));
        await Assert.ThrowsAsync<ReviewException>(() => alice.BulkAsync(new BulkReview(BulkAction.Confirm, filter), default));
        Assert.Empty(await store.Incidents.ListAsync(IncidentStatus.Confirmed, 10));
        Assert.Empty(Audit(store).Read(10));

        Assert.Equal((3, 3), Counts(await alice.BulkAsync(new BulkReview(BulkAction.Confirm, filter, Expect: 3, Reason: "campaign"), default)));
        Assert.Equal(3, (await store.Incidents.ListAsync(IncidentStatus.Confirmed, 10)).Count);
        AuditEvent entry = Assert.Single(Audit(store).Read(10)).Event;
        Assert.Equal(("incident.confirm", "campaign", "status=new hazard=hte", "3"), (entry.Action, entry.Reason, entry.Details["filter"], entry.Details["changed"]));
        Assert.Equal(64, entry.Details["ids"].Length);

        Assert.Equal((1, 1), Counts(await alice.BulkAsync(new BulkReview(BulkAction.Assign, new() { Status = IncidentStatus.New }, Expect: 1, Assignee: "bob"), default)));
        Assert.Equal("bob", Assert.Single(await store.Incidents.ListAsync(IncidentStatus.New, 10)).Assignee);
    }

    [Fact]
    public async Task Pages_of_every_filter_hold_each_incident_once_in_order_though_others_come_meanwhile()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        DateTimeOffset now = store.Clock.GetUtcNow();
        await store.Incidents.RecordAsync(
        [
            .. Enumerable.Range(0, 60).Select(i => Observe.Harmful($"f{i}") with
            {
                At = now.AddMinutes(-(i / 4)),
                Hazard = i % 3 == 0 ? "ailuminate:hte" : "ailuminate:ncr",
                Policy = i % 2 == 0 ? "strict" : "lax",
                Severity = i % 5,
                AutoAccept = i % 4 == 0,
            }),
        ]);
        IIncidentDesk alice = store.DeskOf("alice");
        await alice.BulkAsync(new BulkReview(BulkAction.Assign, new() { Hazard = "hte" }, Expect: 20, Assignee: "me"), default);
        IncidentFilter[] filters =
        [
            new(), new() { Status = IncidentStatus.New }, new() { Hazard = "ncr" }, new() { Hazard = "ailuminate:hte", Status = IncidentStatus.Confirmed },
            new() { Policy = "lax" }, new() { Policy = "strict", Status = IncidentStatus.New, Severity = 3 }, new() { Severity = 4 },
            new() { Assignee = "me" }, new() { Assignee = "nobody", Status = IncidentStatus.New }, new() { Assignee = "alice", Policy = "lax" },
            new() { Since = now.AddMinutes(-5) }, new() { Hazard = "none" }, new() { Hazard = "hte", Policy = "strict", Severity = 1, Since = now.AddMinutes(-9) },
        ];
        int late = 0;
        foreach (IncidentFilter filter in filters)
        {
            Guid[] expected = [.. (await store.Incidents.ListAsync(null, 1_000)).Where(one => Fits(one, filter))
                .OrderByDescending(one => one.LastSeen).ThenByDescending(one => $"{one.Id}", StringComparer.Ordinal).Select(one => one.Id)];
            List<Guid> read = [];
            string? cursor = null;
            do
            {
                IncidentList page = await alice.ListAsync(filter, 7, cursor, default);
                read.AddRange(page.Incidents.Select(line => line.Id));
                Assert.Equal(cursor is null ? expected.Length : page.Total, page.Total);
                cursor = page.Next;
                await store.Incidents.RecordAsync([Observe.Harmful($"late {++late}") with { At = now.AddMinutes(late), Hazard = "ailuminate:hte", Policy = "strict" }]);
            }
            while (cursor is not null);
            Assert.Equal(expected, read);
        }

        foreach (string none in (string[])["", "x", "AAAA", "!!!!", new string('A', 32), new string('_', 32)])
            await Assert.ThrowsAsync<ReviewException>(() => alice.ListAsync(new(), 7, none.Length == 32 && none[0] == 'A' ? none + "A" : none, default));
    }

    [Fact]
    public async Task A_comment_is_encrypted_and_free_of_personal_data_and_has_a_length()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        Guid id = await RecordAsync(store, "f");
        IIncidentDesk alice = store.DeskOf("alice");
        IncidentNote note = await alice.CommentAsync($"{id}", "  ask canary@example.org about it ", default);
        Assert.Equal("ask [email] about it", note.Text);
        await Assert.ThrowsAsync<ReviewException>(() => alice.CommentAsync($"{id}", "   ", default));
        await Assert.ThrowsAsync<ReviewException>(() => alice.CommentAsync($"{id}", new string('x', 4_001), default));
        await using UnlearningDbContext db = await store.Contexts.CreateDbContextAsync();
        string stored = Assert.Single(await db.Database.SqlQueryRaw<string>("SELECT Text AS Value FROM Comments").ToListAsync());
        Assert.StartsWith("enc:", stored, StringComparison.Ordinal);
    }

    private static bool Fits(Incident one, IncidentFilter filter) =>
        (filter.Status is null || one.Status == filter.Status)
        && (filter.Hazard is null || one.Hazard == filter.Hazard || one.Hazard.EndsWith($":{filter.Hazard}", StringComparison.Ordinal))
        && (filter.Policy is null || one.Policy == filter.Policy)
        && (filter.Severity is null || one.Severity >= filter.Severity)
        && (filter.Assignee is null || one.Assignee == (filter.Assignee switch { "nobody" => null, "me" => "alice", var name => name }))
        && (filter.Since is null || one.LastSeen >= filter.Since);

    private static (int, int) Counts(BulkReport report) => (report.Matched, report.Changed);

    private static AuditLog Audit(TemporaryStore store) => store.Services.GetRequiredService<AuditLog>();

    private static async Task<Guid> RecordAsync(TemporaryStore store, string fingerprint) => (await store.Incidents.RecordAsync([Observe.Harmful(fingerprint)]))[0].Id;
}
