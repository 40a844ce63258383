using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Unlearning.Host.Releases.Serving;

namespace Unlearning.Host.Tests.Api.Chat;

public sealed class ChatCompletionsTests
{
    [Fact]
    public async Task A_plain_completion_has_the_form_clients_read()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.Client.Respond = () => new ChatResponse(new ChatMessage(ChatRole.Assistant, "Grüße"))
        {
            FinishReason = ChatFinishReason.Stop,
            Usage = new UsageDetails { InputTokenCount = 5, OutputTokenCount = 3 },
            AdditionalProperties = new AdditionalPropertiesDictionary { ["unlearning.release"] = "r1" },
        };

        JsonNode answer = await host.AskAsync(ChatText.Hello);
        Assert.StartsWith("chatcmpl-", (string)answer["id"]!, StringComparison.Ordinal);
        Assert.Equal("chat.completion", (string)answer["object"]!);
        Assert.Equal("fake-135m", (string)answer["model"]!);
        Assert.Equal("r1", (string)answer["system_fingerprint"]!);
        Assert.True((long)answer["created"]! > 1_700_000_000);
        JsonNode choice = Assert.Single(answer["choices"]!.AsArray())!;
        Assert.Equal("""{"index":0,"message":{"role":"assistant","content":"Grüße"},"finish_reason":"stop"}""", ChatText.Compact(choice));
        Assert.Equal("""{"prompt_tokens":5,"completion_tokens":3,"total_tokens":8}""", ChatText.Compact(answer["usage"]!));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_that_a_policy_refuses_is_the_refusal_text_and_says_content_filter(bool streaming)
    {
        await using ApiHost host = await ApiHost.StartAsync(policy: """
            apiVersion: safety.remediate/v1
            kind: Policy
            metadata: {name: bangs, version: 1.0.0}
            spec:
              taxonomy: {canonical: "test:bang"}
              applies: {to: [response]}
              detect:
                answer: {terms: [kaboom]}
              severity: {default: 3}
              enforcement: {mode: refuse}
              review: {}
              remediation: {enabled: false, refusal_text: No.}
            """);
        host.Client.Respond = () => new ChatResponse(new ChatMessage(ChatRole.Assistant, "Then comes kaboom."));
        host.Client.Stream = _ => ScriptedChatClient.Updates("Then ", "comes ", "ka", "boom", ".");
        if (!streaming)
        {
            JsonNode choice = (await host.AskAsync(ChatText.Hello))["choices"]![0]!;
            Assert.Equal("""{"index":0,"message":{"role":"assistant","content":"No."},"finish_reason":"content_filter"}""", ChatText.Compact(choice));
            return;
        }

        using HttpResponseMessage response = await host.PostAsync("""{"stream":true,"messages":[{"role":"user","content":"Hi"}]}""");
        JsonNode[] chunks = ChatText.Chunks(await response.Content.ReadAsStringAsync());
        Assert.Equal("No.", string.Concat(chunks.Select(chunk => (string?)chunk["choices"]![0]!["delta"]!["content"])));
        Assert.Equal("content_filter", (string)chunks[^1]["choices"]![0]!["finish_reason"]!);
    }

    [Fact]
    public async Task Text_of_any_script_arrives_as_it_was_written()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        const string Text = "\"Grüße\" 👋 你好 </script>\n\u2028";
        host.Client.Respond = () => new ChatResponse(new ChatMessage(ChatRole.Assistant, Text));
        Assert.Equal(Text, (string)(await host.AskAsync(ChatText.Hello))["choices"]![0]!["message"]!["content"]!);
        host.Client.Stream = _ => ScriptedChatClient.Updates(Text);
        using HttpResponseMessage response = await host.PostAsync("""{"stream":true,"messages":[{"role":"user","content":"Hi"}]}""");
        Assert.Equal(Text, (string)ChatText.Chunks(await response.Content.ReadAsStringAsync())[1]["choices"]![0]!["delta"]!["content"]!);
    }

    [Theory]
    [InlineData("stop", "stop")]
    [InlineData("length", "length")]
    [InlineData("content_filter", "content_filter")]
    [InlineData("tool_calls", "tool_calls")]
    [InlineData("eos", "stop")]
    [InlineData(null, "stop")]
    public async Task A_finish_reason_is_always_one_that_clients_know(string? given, string written)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.Client.Respond = () => new ChatResponse(new ChatMessage(ChatRole.Assistant, "x"))
        {
            FinishReason = given is null ? null : new ChatFinishReason(given),
        };
        Assert.Equal(written, (string)(await host.AskAsync(ChatText.Hello))["choices"]![0]!["finish_reason"]!);
    }

    [Fact]
    public async Task The_slots_release_is_the_system_fingerprint()
    {
        await using ApiHost host = await ApiHost.StartAsync(serveSlot: true);
        await ((ServingState)host.Services.GetService(typeof(ServingState))!).WaitUntilSettledAsync(CancellationToken.None);
        Assert.Equal("base", (string)(await host.AskAsync(ChatText.Hello))["system_fingerprint"]!);
    }
}
