using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Unlearning.Host.Tests.Api.Chat;

public sealed class ChatStreamTests
{
    [Fact]
    public async Task A_stream_is_events_that_begin_with_the_role_and_end_with_a_reason_usage_and_DONE()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using HttpResponseMessage response = await host.PostAsync(
            """{"stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"Hi"}]}""");

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        string body = await response.Content.ReadAsStringAsync();
        Assert.EndsWith("data: [DONE]\n\n", body, StringComparison.Ordinal);
        JsonNode[] chunks = ChatText.Chunks(body);
        Assert.All(chunks, chunk => Assert.Equal("chat.completion.chunk", (string)chunk["object"]!));
        Assert.All(chunks, chunk => Assert.Equal("r1", (string)chunk["system_fingerprint"]!));
        Assert.Single(chunks.Select(chunk => (string)chunk["id"]!).Distinct());
        Assert.Equal(
            [
                """[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]""",
                """[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}]""",
                """[{"index":0,"delta":{"content":"lo."},"finish_reason":null}]""",
                """[{"index":0,"delta":{},"finish_reason":"length"}]""",
                "[]",
            ],
            chunks.Select(chunk => ChatText.Compact(chunk["choices"]!)));
        Assert.Equal("""{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9}""", ChatText.Compact(chunks[^1]["usage"]!));
    }

    [Fact]
    public async Task Usage_comes_in_a_stream_only_when_asked_for()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using HttpResponseMessage response = await host.PostAsync("""{"stream":true,"messages":[{"role":"user","content":"Hi"}]}""");
        Assert.All(ChatText.Chunks(await response.Content.ReadAsStringAsync()), chunk => Assert.Null(chunk["usage"]));
    }

    [Fact]
    public async Task Each_part_of_a_stream_arrives_before_the_next_is_made()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Client.Stream = _ => Two();
        async IAsyncEnumerable<ChatResponseUpdate> Two()
        {
            yield return ScriptedChatClient.Update(new TextContent("first"));
            await arrived.Task;
            yield return ScriptedChatClient.Update(new TextContent("second"));
        }

        using HttpResponseMessage response = await host.PostAsync("""{"stream":true,"messages":[{"role":"user","content":"Hi"}]}""");
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync());
        while (!(await reader.ReadLineAsync())!.Contains("first", StringComparison.Ordinal))
        {
        }

        arrived.SetResult();
        Assert.Contains("second", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_in_mid_stream_is_an_error_event_and_no_DONE()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.Client.Stream = _ => Broken();
        static async IAsyncEnumerable<ChatResponseUpdate> Broken()
        {
            yield return ScriptedChatClient.Update(new TextContent("Hel"));
            await Task.Yield();
            throw new InvalidOperationException("quoted prompt");
        }

        using HttpResponseMessage response = await host.PostAsync("""{"stream":true,"messages":[{"role":"user","content":"Hi"}]}""");
        string body = await response.Content.ReadAsStringAsync();
        Assert.Equal("internal_error", (string)ChatText.Chunks(body)[^1]["error"]!["code"]!);
        Assert.DoesNotContain("[DONE]", body, StringComparison.Ordinal);
        Assert.DoesNotContain("quoted", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_goes_away_cancels_the_generation_and_is_nothing_to_warn_of(bool captured)
    {
        await using ApiHost host = await ApiHost.StartAsync(policy: captured ? Reported.Policy : null, incidents: captured);
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Client.Stream = Endless;
        async IAsyncEnumerable<ChatResponseUpdate> Endless([EnumeratorCancellation] CancellationToken stop)
        {
            using CancellationTokenRegistration registration = stop.Register(cancelled.SetResult);
            while (true)
            {
                yield return ScriptedChatClient.Update(new TextContent("on and on "));
                await Task.Delay(10, stop);
            }
        }

        int before;
        using (HttpResponseMessage response = await host.PostAsync("""{"stream":true,"messages":[{"role":"user","content":"Hi"}]}"""))
        {
            await (await response.Content.ReadAsStreamAsync()).ReadExactlyAsync(new byte[10]);
            before = host.Logs.Lines.Count;
        }

        await cancelled.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await host.StopAsync();
        Assert.DoesNotContain(host.Logs.Lines.Skip(before), ChatText.IsWarning);
    }
}
