using Unlearning.Host.Incidents;
using Unlearning.Host.Incidents.Review;
using Unlearning.Host.Incidents.Review.Bulk;
using Unlearning.Host.Incidents.Review.Details;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Incidents.Review;

public sealed class SeveralReviewersTests
{
    [Fact]
    public async Task Where_two_are_asked_for_one_name_alone_confirms_nothing_however_often_it_tries()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        Guid id = await RecordAsync(store);

        ReviewLine first = Assert.Single((await store.DeskOf("alice", 2).JudgeAsync(id, harmful: true)).Incidents);
        Assert.Equal(("new", true, "1 of 2 reviewers: one more must confirm it."), (first.Status, first.Changed, first.Note));
        ReviewLine again = Assert.Single((await store.DeskOf("alice", 2).JudgeAsync(id, harmful: true)).Incidents);
        Assert.Equal(("new", false, "1 of 2 reviewers: one more must confirm it."), (again.Status, again.Changed, again.Note));
        Assert.Null((await store.Incidents.FindAsync(id))!.ConfirmedAt);
        Assert.Equal("1 of 2", Assert.Single((await store.DeskOf("alice", 2).ListAsync(new(), 10, null, default)).Incidents).Review);

        store.Clock.Advance(TimeSpan.FromHours(1));
        ReviewLine second = Assert.Single((await store.DeskOf("bob", 2).JudgeAsync(id, harmful: true)).Incidents);
        Assert.Equal(("confirmed", true), (second.Status, second.Changed));
        Incident confirmed = (await store.Incidents.FindAsync(id))!;
        Assert.Equal((IncidentStatus.Confirmed, store.Clock.GetUtcNow()), (confirmed.Status, confirmed.ConfirmedAt));
    }

    [Fact]
    public async Task A_contradiction_is_seen_and_one_more_decides_it()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        Guid id = await RecordAsync(store);
        await store.DeskOf("alice", 2).JudgeAsync(id, harmful: true);

        ReviewLine against = Assert.Single((await store.DeskOf("bob", 2).JudgeAsync(id, harmful: false)).Incidents);
        Assert.Equal("new", against.Status);
        Assert.Equal("Disputed: 1 confirmed and 1 dismissed it; one more must judge it.", against.Note);
        IncidentDetails details = await store.DeskOf("carol", 2).ShowAsync($"{id}", default);
        Assert.Equal(("disputed", 2), (details.Review, details.ReviewersNeeded));
        Assert.Equal(["alice True", "bob False"], details.Judgements.Select(one => $"{one.By} {one.Harmful}"));

        await store.DeskOf("carol", 2).JudgeAsync(id, harmful: false);
        Assert.Equal(IncidentStatus.Dismissed, (await store.Incidents.FindAsync(id))!.Status);
    }

    [Fact]
    public async Task A_later_judgement_takes_the_place_of_the_same_reviewers_earlier_one_and_may_open_what_was_confirmed()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        Guid id = await RecordAsync(store);
        await store.DeskOf("alice", 2).JudgeAsync(id, harmful: true);
        await store.DeskOf("bob", 2).JudgeAsync(id, harmful: true);

        await store.DeskOf("alice", 2).JudgeAsync(id, harmful: false);
        Incident open = (await store.Incidents.FindAsync(id))!;
        Assert.Equal((IncidentStatus.New, null), (open.Status, open.ConfirmedAt));
        await store.DeskOf("bob", 2).JudgeAsync(id, harmful: false);
        Assert.Equal(IncidentStatus.Dismissed, (await store.Incidents.FindAsync(id))!.Status);
    }

    [Fact]
    public async Task What_a_policy_accepted_by_itself_is_not_confirmed_any_more_once_a_reviewer_contradicts()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        Guid id = (await store.Incidents.RecordAsync([Observe.Harmful("f") with { AutoAccept = true }]))[0].Id;
        await store.DeskOf("alice", 2).JudgeAsync(id, harmful: true);
        Assert.Equal(IncidentStatus.Confirmed, (await store.Incidents.FindAsync(id))!.Status);
        await store.DeskOf("bob", 2).JudgeAsync(id, harmful: false);
        Assert.Equal(IncidentStatus.New, (await store.Incidents.FindAsync(id))!.Status);
    }

    [Fact]
    public async Task A_judgement_of_a_refusal_does_not_count_for_the_first_harmful_answer()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        Guid id = (await store.Incidents.RecordAsync([Observe.Refused("f")]))[0].Id;
        await store.DeskOf("alice", 2).JudgeAsync(id, harmful: true);
        await store.Incidents.RecordAsync([Observe.Harmful("f")]);

        await store.DeskOf("bob", 2).JudgeAsync(id, harmful: true);
        Assert.Equal(IncidentStatus.New, (await store.Incidents.FindAsync(id))!.Status);
        await store.DeskOf("alice", 2).JudgeAsync(id, harmful: true);
        Assert.Equal(IncidentStatus.Confirmed, (await store.Incidents.FindAsync(id))!.Status);
    }

    [Fact]
    public async Task Taking_ones_own_judgement_back_leaves_those_of_others_and_reopening_leaves_none()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        Guid id = await RecordAsync(store);
        await store.DeskOf("alice", 2).JudgeAsync(id, harmful: true);
        await store.DeskOf("bob", 2).JudgeAsync(id, harmful: true);

        await store.DeskOf("bob", 2).ReopenAsync([$"{id}"], ownOnly: true, null, default);
        IncidentDetails details = await store.DeskOf("bob", 2).ShowAsync($"{id}", default);
        Assert.Equal(("new", "1 of 2", null), (details.Status, details.Review, details.ConfirmedAt));
        ReviewLine none = Assert.Single((await store.DeskOf("bob", 2).ReopenAsync([$"{id}"], ownOnly: true, null, default)).Incidents);
        Assert.Equal((false, "You have not judged it."), (none.Changed, none.Note));

        await store.DeskOf("bob", 2).ReopenAsync([$"{id}"], ownOnly: false, null, default);
        Assert.Empty((await store.DeskOf("bob", 2).ShowAsync($"{id}", default)).Judgements);
    }

    [Fact]
    public async Task Whoever_starts_runs_is_told_of_a_confirmation_when_enough_agreed_and_not_before()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        Guid id = await RecordAsync(store);
        Confirmations confirmations = new();
        int told = 0;
        confirmations.Confirmed += () => told++;
        await store.DeskOf("alice", 2, confirmations).JudgeAsync(id, harmful: true);
        Assert.Equal(0, told);
        await store.DeskOf("bob", 2, confirmations).JudgeAsync(id, harmful: true);
        Assert.Equal(1, told);
        await store.DeskOf("bob", 2, confirmations).JudgeAsync(id, harmful: true);
        Assert.Equal(1, told);

        await store.DeskOf("bob").ReopenAsync([$"{id}"], ownOnly: false, null, default);
        await store.DeskOf("bob", 1, confirmations).BulkAsync(new BulkReview(BulkAction.Confirm, new(), Expect: 1), default);
        Assert.Equal(2, told);
    }

    private static async Task<Guid> RecordAsync(TemporaryStore store) => (await store.Incidents.RecordAsync([Observe.Harmful("f")]))[0].Id;
}
