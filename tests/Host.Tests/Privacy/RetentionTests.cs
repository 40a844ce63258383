using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Unlearning.Host.Incidents;
using Unlearning.Host.Incidents.Review;
using Unlearning.Host.Privacy;
using Unlearning.Host.Storage;
using Unlearning.Host.Tests.Incidents;
using Unlearning.Host.Tests.Incidents.Review;
using Unlearning.Host.Tests.Jobs;
using Unlearning.Host.Tests.Storage;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Host.Tests.Privacy;

public sealed class RetentionTests
{
    private const string Yaml = """
        apiVersion: safety.remediate/v1
        kind: Policy
        metadata: {name: short-lived, version: 1.0.0}
        spec:
          taxonomy: {canonical: 'ailuminate:ncr'}
          applies: {to: [prompt]}
          detect: {prompt: {terms: [forbidden]}}
          severity: {default: 2}
          enforcement: {mode: observe}
          capture: {retention_days: 7}
          review: {}
          remediation: {enabled: true, refusal_text: No.}
        """;

    [Fact]
    public async Task Text_past_its_policys_time_is_deleted_and_what_was_counted_stays()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        Incident own = Assert.Single(await store.Incidents.RecordAsync([Observe.Harmful("own", "said under a policy of its own") with { Policy = "short-lived" }]));
        Incident other = Assert.Single(await store.Incidents.RecordAsync([Observe.Harmful("other", "said under the default")]));
        await store.Services.ReviewAsync([own.Id], harmful: true);
        Retention retention = Retention(store);

        store.Clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1));
        Assert.Equal(0, await retention.DeleteAsync());
        store.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, await retention.DeleteAsync());
        Assert.Equal(0, await retention.DeleteAsync());

        Incident kept = (await store.Incidents.FindAsync(own.Id))!;
        Assert.Equal(("", "", false, null, 1, IncidentStatus.Confirmed), (kept.Prompt, kept.Answer, kept.AnswerMatched, kept.TextAt, kept.Count, kept.Status));
        Assert.Equal("said under the default", (await store.Incidents.FindAsync(other.Id))!.Answer);
        store.Clock.Advance(TimeSpan.FromDays(24));
        Assert.Equal(1, await retention.DeleteAsync());
    }

    [Fact]
    public async Task Comments_go_with_the_text_that_they_may_quote_or_after_as_long_as_it_may_stay()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        Incident incident = Assert.Single(await store.Incidents.RecordAsync([Observe.Harmful("f", "said")]));
        IIncidentDesk desk = store.DeskOf("alice");
        store.Clock.Advance(TimeSpan.FromDays(20));
        await desk.CommentAsync($"{incident.Id}", "they said: said", default);
        store.Clock.Advance(TimeSpan.FromDays(11));
        Assert.Equal(1, await Retention(store).DeleteAsync());
        Assert.Empty(await desk.CommentsAsync($"{incident.Id}", default));

        await desk.CommentAsync($"{incident.Id}", "as I recall they said: said", default);
        store.Clock.Advance(TimeSpan.FromDays(29));
        await Retention(store).DeleteAsync();
        Assert.Single(await desk.CommentsAsync($"{incident.Id}", default));
        store.Clock.Advance(TimeSpan.FromDays(2));
        await Retention(store).DeleteAsync();
        Assert.Empty(await desk.CommentsAsync($"{incident.Id}", default));
    }

    [Fact]
    public async Task Comments_that_go_alone_leave_the_stores_log_too()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        Incident incident = Assert.Single(await store.Incidents.RecordAsync([Observe.Harmful("f", "said")]));
        store.Clock.Advance(TimeSpan.FromDays(31));
        Assert.Equal(1, await Retention(store).DeleteAsync());
        await store.DeskOf("alice").CommentAsync($"{incident.Id}", "as I recall they said: said", default);
        FileInfo log = new(Path.Combine(store.Path, "unlearning.db-wal"));
        Assert.NotEqual(0, log.Length);

        store.Clock.Advance(TimeSpan.FromDays(31));
        Assert.Equal(0, await Retention(store).DeleteAsync());
        log.Refresh();
        Assert.Equal(0, log.Length);
    }

    [Fact]
    public async Task A_harmful_answer_seen_after_the_deletion_is_text_again_and_asks_for_a_judgement()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        Incident incident = Assert.Single(await store.Incidents.RecordAsync([Observe.Harmful("f")]));
        await store.Services.ReviewAsync([incident.Id], harmful: true);
        store.Clock.Advance(TimeSpan.FromDays(31));
        await Retention(store).DeleteAsync();

        await store.Incidents.RecordAsync([Observe.Harmful("f", "said anew") with { At = store.Clock.GetUtcNow() }]);
        Incident again = (await store.Incidents.FindAsync(incident.Id))!;
        Assert.Equal(("said anew", IncidentStatus.New, 2), (again.Answer, again.Status, again.Count));
        Assert.Equal(0, await Retention(store).DeleteAsync());
    }

    [Fact]
    public async Task A_service_deletes_what_is_due_when_it_starts()
    {
        using TemporaryFolder folder = new();
        Guid id;
        await using (JobHost host = await JobHost.StartAsync(folder.Path))
            id = Assert.Single(await host.Services.GetRequiredService<IncidentStore>().RecordAsync([Observe.Harmful("f") with { At = DateTimeOffset.UnixEpoch }])).Id;

        await using JobHost next = await JobHost.StartAsync(folder.Path);
        await JobHost.Eventually(async () => (await next.Services.GetRequiredService<IncidentStore>().FindAsync(id))!.TextAt is null);
    }

    [Fact]
    public async Task Receipts_are_kept_as_long_as_a_report_may_be_repeated_and_then_deleted()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        InteractionStore interactions = new(store.Services.GetRequiredService<StoreWriter>(), store.Clock);
        ObservedInteraction Spooled(string id) => new(id, DateTimeOffset.UnixEpoch, null, []);
        await interactions.RecordAsync([Spooled("long in a spool")]);
        store.Clock.Advance(TimeSpan.FromDays(30) - TimeSpan.FromSeconds(1));
        await interactions.RecordAsync([Spooled("later")]);

        Assert.Equal(0, await Retention(store).DeleteReceiptsAsync());
        Assert.True(Assert.Single(await interactions.RecordAsync([Spooled("long in a spool")])).Known);
        store.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, await Retention(store).DeleteReceiptsAsync());
        Assert.Equal(0, await Retention(store).DeleteReceiptsAsync());
        Assert.True(Assert.Single(await interactions.RecordAsync([Spooled("later")])).Known);
    }

    private static Retention Retention(TemporaryStore store) => new(
        store.Services.GetRequiredService<StoreWriter>(), store.Contexts, Options.Create(new PrivacyOptions { RetentionDays = 30 }), store.Clock, new OnePolicy());

    private sealed class OnePolicy : IPolicySource
    {
        public PolicySet Current { get; } = new([PolicyLoader.Load("test.yaml", Yaml).Policy!], "revision");

        public bool Healthy => true;

        public IReadOnlyList<string> Errors => [];
    }
}
