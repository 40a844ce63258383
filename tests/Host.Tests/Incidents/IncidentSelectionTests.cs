using Microsoft.Extensions.Options;
using Unlearning.Host.Incidents;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Incidents;

public sealed class IncidentSelectionTests
{
    [Fact]
    public async Task A_refused_harmful_prompt_is_never_selected_for_forgetting()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        await store.Incidents.RecordAsync(
            [Observe.Refused("refused") with { AutoAccept = true }, Observe.Harmful("answered") with { AutoAccept = true }]);

        SelectedIncidents selected = await Select(store);
        Assert.Equal("answered", Assert.Single(selected.Forget).Fingerprint);
        Assert.Empty(selected.Replay);
    }

    [Fact]
    public async Task Only_confirmed_remediable_incidents_of_this_base_model_are_selected()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        await store.Incidents.RecordAsync(
        [
            Observe.Harmful("new"),
            Observe.Harmful("not remediable") with { AutoAccept = true, RemediationEnabled = false },
            Observe.Harmful("another base") with { AutoAccept = true, BaseModelHash = "another" },
            Observe.Harmful("right") with { AutoAccept = true },
        ]);
        Guid dismissed = (await store.Incidents.RecordAsync([Observe.Harmful("dismissed")]))[0].Id;
        await store.Services.ReviewAsync([dismissed], harmful: false);

        Assert.Equal("right", Assert.Single((await Select(store)).Forget).Fingerprint);
    }

    [Fact]
    public async Task Remediated_incidents_are_replayed_and_recurred_ones_forgotten_again()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        IReadOnlyList<Incident> incidents = await store.Incidents.RecordAsync(
            [Observe.Harmful("held") with { AutoAccept = true }, Observe.Harmful("came back") with { AutoAccept = true }]);
        await store.Services.RemediateAsync([.. incidents.Select(incident => incident.Id)], "r1");
        await store.Incidents.RecordAsync([Observe.Harmful("came back") with { ReleaseLineage = ["r1", "base"] }]);

        SelectedIncidents selected = await Select(store);
        Assert.Equal("came back", Assert.Single(selected.Forget).Fingerprint);
        Assert.Equal("held", Assert.Single(selected.Replay).Fingerprint);
    }

    [Fact]
    public async Task One_subject_cannot_fill_the_forget_set()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        await store.Incidents.RecordAsync(
        [
            .. Enumerable.Range(0, 10).Select(i => Observe.Harmful($"flood{i}") with { AutoAccept = true, SubjectHash = "one" }),
            .. Enumerable.Range(0, 3).Select(i => Observe.Harmful($"crowd{i}") with { AutoAccept = true, SubjectHash = $"s{i}" }),
        ]);

        SelectedIncidents selected = await Select(store, new SelectionOptions { MaximumPerSubject = 2 });
        Assert.Equal(2, selected.Forget.Count(incident => incident.SubjectHash == "one"));
        Assert.Equal(3, selected.Forget.Count(incident => incident.SubjectHash != "one"));
        Assert.Equal(8, selected.LeftOutBySubject);
    }

    [Fact]
    public async Task A_repeated_prompt_weighs_one_however_often_it_was_seen_and_whatever_it_broke()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        for (int i = 0; i < 5; i++)
        {
            await store.Incidents.RecordAsync([Observe.Harmful("f") with { AutoAccept = true }]);
        }

        await store.Incidents.RecordAsync(
            [Observe.Harmful("g") with { AutoAccept = true, Prompt = "prompt of f", Hazard = "ailuminate:hte", Severity = 1 }]);

        SelectedIncidents selected = await Select(store);
        Assert.Equal("f", Assert.Single(selected.Forget).Fingerprint);
        Assert.Single(selected.Duplicates);
    }

    [Fact]
    public async Task The_gravest_come_first_and_the_order_is_the_same_whatever_order_they_arrived_in()
    {
        IncidentObservation[] observations =
        [
            .. Enumerable.Range(0, 12).Select(i => Observe.Harmful($"f{i:00}") with { AutoAccept = true, Severity = i % 5 }),
        ];
        List<string[]> orders = [];
        foreach (IEnumerable<IncidentObservation> arrival in new[] { observations, observations.Reverse() })
        {
            await using TemporaryStore store = await TemporaryStore.CreateAsync();
            await store.Incidents.RecordAsync([.. arrival]);
            SelectedIncidents selected = await Select(store, new SelectionOptions { MaximumIncidents = 7 });
            Assert.Equal(5, selected.LeftOutBySize);
            Assert.Equal(selected.Forget.OrderByDescending(incident => incident.Severity), selected.Forget);
            orders.Add([.. selected.Forget.Select(incident => incident.Fingerprint)]);
        }

        Assert.Equal(orders[0], orders[1]);
    }

    [Fact]
    public async Task Earlier_incidents_are_the_gravest_remediated_ones_of_this_base_in_the_order_of_their_prompts()
    {
        await using TemporaryStore store = await TemporaryStore.CreateAsync();
        IncidentObservation[] observations =
        [
            .. Enumerable.Range(0, 6).Select(i => Observe.Harmful($"f{i}") with { AutoAccept = true, Severity = i % 3, Prompt = $"prompt {9 - i}" }),
            Observe.Harmful("another base") with { AutoAccept = true, BaseModelHash = "another", Severity = 4 },
            Observe.Harmful("open") with { AutoAccept = true, Severity = 4 },
        ];
        IReadOnlyList<Incident> recorded = await store.Incidents.RecordAsync(observations);
        await store.Services.RemediateAsync([.. recorded.Where(incident => incident.Fingerprint != "open").Select(incident => incident.Id)], "release");

        IncidentSelection selection = new(store.Contexts, Options.Create(new SelectionOptions { MaximumReplayed = 0 }));
        Assert.Equal(
            ["prompt 4", "prompt 5", "prompt 7", "prompt 8"],
            (await selection.EarlierAsync(Observe.BaseHash, 4)).Select(incident => incident.Prompt));
        Assert.Equal(6, (await selection.EarlierAsync(Observe.BaseHash, 100)).Count);
    }

    private static Task<SelectedIncidents> Select(TemporaryStore store, SelectionOptions? options = null) =>
        new IncidentSelection(store.Contexts, Options.Create(options ?? new SelectionOptions())).SelectAsync(Observe.BaseHash);
}
