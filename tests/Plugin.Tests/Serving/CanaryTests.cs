using Microsoft.Extensions.AI;
using Unlearning.Plugin.Serving;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Serving;

public sealed class CanaryTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_canary_gets_its_share_of_the_conversations_and_no_more()
    {
        using ModelSlot slot = new(new FakeChatClient("live"), "live");
        slot.StartCanary(new FakeChatClient("canary"), "canary", 0.2);

        int canary = 0;
        for (int i = 0; i < 4000; i++)
        {
            canary += await ServedByAsync(slot, $"conversation {i}") == "canary" ? 1 : 0;
        }

        // Six standard deviations of a binomial of 4,000 and 0.2.
        Assert.InRange(canary, 800 - 152, 800 + 152);
    }

    [Fact]
    public async Task A_conversation_stays_on_its_release_while_it_grows()
    {
        using ModelSlot slot = new(new FakeChatClient("live"), "live");
        slot.StartCanary(new FakeChatClient("canary"), "canary", 0.5);
        for (int i = 0; i < 50; i++)
        {
            List<ChatMessage> messages = [new(ChatRole.System, "Be kind."), new(ChatRole.User, $"opening {i}")];
            string first = await ServedByAsync(slot, messages);
            for (int turn = 0; turn < 5; turn++)
            {
                messages.Add(new ChatMessage(ChatRole.Assistant, "yes"));
                messages.Add(new ChatMessage(ChatRole.User, $"and then {turn}?"));
                Assert.Equal(first, await ServedByAsync(slot, messages));
            }
        }
    }

    [Fact]
    public async Task A_conversation_with_an_id_is_known_by_it_whatever_its_messages_are()
    {
        using ModelSlot slot = new(new FakeChatClient("live"), "live");
        slot.StartCanary(new FakeChatClient("canary"), "canary", 0.5);
        HashSet<string> releases = [];
        for (int i = 0; i < 50; i++)
        {
            ChatOptions options = new() { ConversationId = $"id {i}" };
            string first = await ServedByAsync(slot, [new ChatMessage(ChatRole.User, "one")], options);
            Assert.Equal(first, await ServedByAsync(slot, [new ChatMessage(ChatRole.User, "another")], options));
            releases.Add(first);
        }

        Assert.Equal(2, releases.Count);
    }

    [Fact]
    public async Task Another_canary_gets_other_conversations()
    {
        using ModelSlot slot = new(new FakeChatClient("live"), "live");
        HashSet<int>[] taken = [[], []];
        for (int round = 0; round < 2; round++)
        {
            slot.StartCanary(new FakeChatClient("canary"), $"canary-{round}", 0.5);
            for (int i = 0; i < 200; i++)
            {
                if (await ServedByAsync(slot, $"conversation {i}") != "live")
                {
                    taken[round].Add(i);
                }
            }

            await slot.EndCanary().WaitAsync(_patience);
        }

        Assert.InRange(taken[0].Intersect(taken[1]).Count(), 10, 90);
    }

    [Fact]
    public async Task Messages_that_can_be_read_only_once_reach_the_model_whole()
    {
        FakeChatClient canary = new("canary");
        using ModelSlot slot = new(new FakeChatClient("live"), "live");
        slot.StartCanary(canary, "canary", 1);
        bool read = false;
        IEnumerable<ChatMessage> Once()
        {
            Assert.False(read);
            read = true;
            yield return new ChatMessage(ChatRole.User, "hello");
        }

        await slot.GetResponseAsync(Once());

        Assert.Equal("hello", Assert.Single(Assert.Single(canary.Requests)).Text);
    }

    [Fact]
    public async Task A_canary_that_ends_finishes_its_streams_and_is_disposed_after_the_last()
    {
        FakeChatClient live = new("live"), canary = new("a b c");
        using ModelSlot slot = new(live, "live");
        slot.StartCanary(canary, "canary", 1);
        Assert.Equal(("live", "canary", 1.0), (slot.ReleaseId, slot.CanaryReleaseId, slot.CanaryShare));
        await using IAsyncEnumerator<ChatResponseUpdate> stream = slot.GetStreamingResponseAsync("hello").GetAsyncEnumerator();
        Assert.True(await stream.MoveNextAsync());

        Task drained = slot.EndCanary();
        Assert.Null(slot.CanaryReleaseId);
        Assert.Equal("live", await ServedByAsync(slot, "hello"));
        Assert.False(canary.IsDisposed);
        while (await stream.MoveNextAsync())
        {
            Assert.Equal("canary", stream.Current.AdditionalProperties![ModelSlot.ReleaseKey]);
        }

        await drained.WaitAsync(_patience);
        Assert.True(canary.IsDisposed);
        Assert.False(live.IsDisposed);
    }

    [Fact]
    public async Task A_swap_ends_the_canary_and_disposes_it()
    {
        FakeChatClient live = new("live"), canary = new("canary");
        using ModelSlot slot = new(live, "live");
        slot.StartCanary(canary, "canary", 1);

        await slot.Swap(new FakeChatClient("next"), "next").WaitAsync(_patience);

        Assert.True(live.IsDisposed && canary.IsDisposed);
        Assert.Equal("next", await ServedByAsync(slot, "hello"));
    }

    [Fact]
    public void There_is_one_canary_at_a_time_and_its_share_is_a_share()
    {
        FakeChatClient live = new("live");
        using ModelSlot slot = new(live, "live");
        Assert.Throws<ArgumentOutOfRangeException>(() => slot.StartCanary(new FakeChatClient("c"), "c", 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => slot.StartCanary(new FakeChatClient("c"), "c", double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => slot.StartCanary(new FakeChatClient("c"), "c", 1.01));
        Assert.Throws<ArgumentException>(() => slot.StartCanary(live, "live", 0.5));
        slot.StartCanary(new FakeChatClient("c"), "c", 0.5);
        Assert.Contains("end it first", Assert.Throws<InvalidOperationException>(
            () => slot.StartCanary(new FakeChatClient("d"), "d", 0.5)).Message, StringComparison.Ordinal);
        Assert.True(slot.EndCanary().IsCompletedSuccessfully);
        Assert.True(slot.EndCanary().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Calls_that_race_with_canaries_and_swaps_are_all_answered_each_by_one_release()
    {
        const int Rounds = 200, Callers = 8;
        List<FakeChatClient> clients = [new("release-0 release-0")];
        ModelSlot slot = new(clients[0], "release-0");
        using CancellationTokenSource done = new();
        Task<int>[] callers = [.. Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            int answers = 0;
            do
            {
                ChatResponse response = await slot.GetResponseAsync($"{caller} {answers}");
                string release = (string)response.AdditionalProperties![ModelSlot.ReleaseKey]!;
                Assert.Equal($"{release} {release}", response.Text);
                answers++;
            }
            while (!done.IsCancellationRequested);
            return answers;
        }))];

        List<Task> drained = [];
        for (int i = 1; i <= Rounds; i++)
        {
            FakeChatClient next = new($"release-{i} release-{i}");
            clients.Add(next);
            if (i % 2 == 1)
            {
                slot.StartCanary(next, $"release-{i}", 0.5);
            }
            else
            {
                drained.Add(i % 4 == 0 ? slot.EndCanary() : Task.CompletedTask);
                drained.Add(slot.Swap(next, $"release-{i}"));
            }

            await Task.Yield();
        }

        await done.CancelAsync();
        Assert.All(await Task.WhenAll(callers), count => Assert.True(count > 0));
        await Task.WhenAll(drained).WaitAsync(_patience);
        slot.Dispose();
        Assert.All(clients, client => Assert.Equal(1, client.Disposals));
    }

    private static Task<string> ServedByAsync(ModelSlot slot, string opening) =>
        ServedByAsync(slot, [new ChatMessage(ChatRole.User, opening)]);

    private static async Task<string> ServedByAsync(ModelSlot slot, IReadOnlyList<ChatMessage> messages, ChatOptions? options = null) =>
        (string)(await slot.GetResponseAsync(messages, options)).AdditionalProperties![ModelSlot.ReleaseKey]!;
}
