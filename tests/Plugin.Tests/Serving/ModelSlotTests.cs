using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Moq;
using Unlearning.Plugin.Serving;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Serving;

public sealed class ModelSlotTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_stream_that_began_on_a_release_ends_on_it()
    {
        FakeChatClient first = new("a b c d"), second = new("w x y z");
        using ModelSlot slot = new(first, "release-1");
        await using IAsyncEnumerator<ChatResponseUpdate> stream = slot.GetStreamingResponseAsync("hello").GetAsyncEnumerator();
        Assert.True(await stream.MoveNextAsync());
        string text = stream.Current.Text;

        Task drained = slot.Swap(second, "release-2");
        ChatResponse next = await slot.GetResponseAsync("hello");

        Assert.False(drained.IsCompleted);
        Assert.Equal("w x y z", next.Text);
        Assert.Equal("release-2", next.AdditionalProperties![ModelSlot.ReleaseKey]);
        while (await stream.MoveNextAsync())
        {
            text += stream.Current.Text;
            Assert.Equal("release-1", stream.Current.AdditionalProperties![ModelSlot.ReleaseKey]);
        }

        Assert.Equal("a b c d", text);
        await drained.WaitAsync(_patience);
        Assert.True(first.IsDisposed);
        Assert.False(second.IsDisposed);
    }

    [Fact]
    public async Task An_abandoned_stream_gives_its_release_back()
    {
        FakeChatClient first = new("a b c d");
        using ModelSlot slot = new(first, "release-1");
        await foreach (ChatResponseUpdate _ in slot.GetStreamingResponseAsync("hello"))
        {
            break;
        }

        await slot.Swap(new FakeChatClient("x"), "release-2").WaitAsync(_patience);

        Assert.True(first.IsDisposed);
    }

    [Fact]
    public async Task A_stream_that_is_never_read_holds_nothing()
    {
        using ModelSlot slot = new(new FakeChatClient("a"), "release-1");
        _ = slot.GetStreamingResponseAsync("hello");

        await slot.Swap(new FakeChatClient("x"), "release-2").WaitAsync(_patience);
    }

    [Fact]
    public async Task A_failing_call_gives_its_release_back()
    {
        using ModelSlot slot = new(new FakeChatClient("a") { BeforeWord = _ => throw new InvalidOperationException("broken") }, "release-1");
        await Assert.ThrowsAsync<InvalidOperationException>(() => slot.GetResponseAsync("hello"));

        await slot.Swap(new FakeChatClient("x"), "release-2").WaitAsync(_patience);
    }

    [Fact]
    public async Task Calls_that_race_with_swaps_are_all_answered_each_by_one_release()
    {
        const int Swaps = 200, Callers = 8;
        List<FakeChatClient> clients = [new("release-0 release-0 release-0")];
        using ModelSlot slot = new(clients[0], "release-0");
        using CancellationTokenSource done = new();
        Task<int>[] callers = [.. Enumerable.Range(0, Callers).Select(i => Task.Run(() => CallUntilAsync(slot, streaming: i % 2 == 0, done.Token)))];

        List<Task> drained = [];
        for (int i = 1; i <= Swaps; i++)
        {
            clients.Add(new FakeChatClient($"release-{i} release-{i} release-{i}"));
            drained.Add(slot.Swap(clients[i], $"release-{i}"));
            await Task.Yield();
        }

        await done.CancelAsync();
        int[] answers = await Task.WhenAll(callers);
        await Task.WhenAll(drained).WaitAsync(_patience);
        Assert.All(answers, count => Assert.True(count > 0));
        Assert.Equal($"release-{Swaps}", slot.ReleaseId);
        Assert.All(clients.SkipLast(1), client => Assert.Equal(1, client.Disposals));
        Assert.False(clients[^1].IsDisposed);
    }

    [Fact]
    public async Task Swaps_that_race_with_each_other_lose_no_client()
    {
        FakeChatClient[] clients = [.. Enumerable.Range(0, 64).Select(i => new FakeChatClient($"{i}"))];
        ModelSlot slot = new(new FakeChatClient("first"), "first");

        await Task.WhenAll(clients.Select((client, i) => Task.Run(() => slot.Swap(client, $"{i}")))).WaitAsync(_patience);

        FakeChatClient live = Assert.Single(clients, client => !client.IsDisposed);
        Assert.Equal((await slot.GetResponseAsync("hello")).Text, slot.ReleaseId);
        slot.Dispose();
        Assert.True(live.IsDisposed);
    }

    [Fact]
    public async Task A_kernel_made_before_a_swap_is_served_by_the_release_after_it()
    {
        ServiceCollection services = new();
        services.AddChatClient(_ => new ModelSlot(new FakeChatClient("old answer", "model-1"), "release-1"));
        services.AddKernel();
        using ServiceProvider provider = services.BuildServiceProvider();
        Kernel kernel = provider.GetRequiredService<Kernel>();
        IChatClient client = provider.GetRequiredService<IChatClient>();
        Assert.Equal("old answer", (await kernel.InvokePromptAsync("hello")).ToString());

        await client.GetService<ModelSlot>()!.Swap(new FakeChatClient("new answer", "model-2"), "release-2").WaitAsync(_patience);

        Assert.Equal("new answer", (await kernel.InvokePromptAsync("hello")).ToString());
        Assert.Equal("model-2", client.GetService<ChatClientMetadata>()!.DefaultModelId);
    }

    [Fact]
    public async Task A_client_that_cannot_be_disposed_fails_the_swap_and_no_call()
    {
        Mock<IChatClient> stubborn = new();
        stubborn.Setup(client => client.Dispose()).Throws(new InvalidOperationException("stuck"));
        stubborn
            .Setup(client => client.GetResponseAsync(It.IsAny<IEnumerable<ChatMessage>>(), It.IsAny<ChatOptions>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(() => new ChatResponse(new ChatMessage(ChatRole.Assistant, "fine")));
        using ModelSlot slot = new(stubborn.Object, "release-1");
        Assert.Equal("fine", (await slot.GetResponseAsync("hello")).Text);

        Task drained = slot.Swap(new FakeChatClient("x"), "release-2");

        await Assert.ThrowsAsync<InvalidOperationException>(() => drained.WaitAsync(_patience));
        Assert.Equal("release-2", slot.ReleaseId);
    }

    [Fact]
    public async Task The_live_client_is_never_swapped_for_itself()
    {
        FakeChatClient client = new("a");
        using ModelSlot slot = new(client, "release-1");

        await Assert.ThrowsAsync<ArgumentException>(() => slot.Swap(client, "release-2"));

        Assert.False(client.IsDisposed);
        Assert.Equal("release-1", slot.ReleaseId);
    }

    [Fact]
    public async Task A_disposed_slot_takes_no_calls_and_no_clients()
    {
        FakeChatClient client = new("a"), late = new("b");
        ModelSlot slot = new(client, "release-1");
        slot.Dispose();
        slot.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => slot.GetResponseAsync("hello"));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => slot.Swap(late, "release-2"));
        Assert.Equal(1, client.Disposals);
        Assert.False(late.IsDisposed);
    }

    private static async Task<int> CallUntilAsync(ModelSlot slot, bool streaming, CancellationToken done)
    {
        int answers = 0;
        while (!done.IsCancellationRequested || answers == 0)
        {
            ChatResponse response = streaming
                ? await slot.GetStreamingResponseAsync("hello", cancellationToken: CancellationToken.None).ToChatResponseAsync(CancellationToken.None)
                : await slot.GetResponseAsync("hello", cancellationToken: CancellationToken.None);
            string release = (string)response.AdditionalProperties![ModelSlot.ReleaseKey]!;
            Assert.Equal($"{release} {release} {release}", response.Text);
            answers++;
        }

        return answers;
    }
}
