using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Unlearning.Engine.Inference;
using Unlearning.Host.Releases;

namespace Unlearning.Host.Tests.Api;

public sealed class ChatCompletionsTests
{
    private const string Hello = """{"model":"fake-135m","messages":[{"role":"user","content":"Hi"}]}""";

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

        JsonNode answer = await host.AskAsync(Hello);
        Assert.StartsWith("chatcmpl-", (string)answer["id"]!, StringComparison.Ordinal);
        Assert.Equal("chat.completion", (string)answer["object"]!);
        Assert.Equal("fake-135m", (string)answer["model"]!);
        Assert.Equal("r1", (string)answer["system_fingerprint"]!);
        Assert.True((long)answer["created"]! > 1_700_000_000);
        JsonNode choice = Assert.Single(answer["choices"]!.AsArray())!;
        Assert.Equal("""{"index":0,"message":{"role":"assistant","content":"Grüße"},"finish_reason":"stop"}""", Compact(choice));
        Assert.Equal("""{"prompt_tokens":5,"completion_tokens":3,"total_tokens":8}""", Compact(answer["usage"]!));
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
            JsonNode choice = (await host.AskAsync(Hello))["choices"]![0]!;
            Assert.Equal("""{"index":0,"message":{"role":"assistant","content":"No."},"finish_reason":"content_filter"}""", Compact(choice));
            return;
        }

        using HttpResponseMessage response = await host.PostAsync("""{"stream":true,"messages":[{"role":"user","content":"Hi"}]}""");
        JsonNode[] chunks = Chunks(await response.Content.ReadAsStringAsync());
        Assert.Equal("No.", string.Concat(chunks.Select(chunk => (string?)chunk["choices"]![0]!["delta"]!["content"])));
        Assert.Equal("content_filter", (string)chunks[^1]["choices"]![0]!["finish_reason"]!);
    }

    [Fact]
    public async Task Text_of_any_script_arrives_as_it_was_written()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        const string Text = "\"Grüße\" 👋 你好 </script>\n\u2028";
        host.Client.Respond = () => new ChatResponse(new ChatMessage(ChatRole.Assistant, Text));
        Assert.Equal(Text, (string)(await host.AskAsync(Hello))["choices"]![0]!["message"]!["content"]!);
        host.Client.Stream = _ => ScriptedChatClient.Updates(Text);
        using HttpResponseMessage response = await host.PostAsync("""{"stream":true,"messages":[{"role":"user","content":"Hi"}]}""");
        Assert.Equal(Text, (string)Chunks(await response.Content.ReadAsStringAsync())[1]["choices"]![0]!["delta"]!["content"]!);
    }

    [Fact]
    public async Task A_stream_is_events_that_begin_with_the_role_and_end_with_a_reason_usage_and_DONE()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using HttpResponseMessage response = await host.PostAsync(
            """{"stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"Hi"}]}""");

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        string body = await response.Content.ReadAsStringAsync();
        Assert.EndsWith("data: [DONE]\n\n", body, StringComparison.Ordinal);
        JsonNode[] chunks = Chunks(body);
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
            chunks.Select(chunk => Compact(chunk["choices"]!)));
        Assert.Equal("""{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9}""", Compact(chunks[^1]["usage"]!));
    }

    [Fact]
    public async Task Usage_comes_in_a_stream_only_when_asked_for()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using HttpResponseMessage response = await host.PostAsync("""{"stream":true,"messages":[{"role":"user","content":"Hi"}]}""");
        Assert.All(Chunks(await response.Content.ReadAsStringAsync()), chunk => Assert.Null(chunk["usage"]));
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
    public async Task Every_setting_reaches_the_model_and_unknown_fields_are_ignored()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await host.AskAsync(
            """
            {"model":"fake-135m","n":1,"max_tokens":9,"max_completion_tokens":64,"temperature":0.5,"top_p":0.9,"seed":42,"stop":["END","\n\n"],
             "user":"alice","logit_bias":{},"tools":[],"frequency_penalty":0,"response_format":{"type":"text"},"whatever":{"nested":[1]},
             "messages":[
               {"role":"developer","content":"Be brief."},
               {"role":"user","content":[{"type":"text","text":"Hi "},{"type":"text","text":"there"}]},
               {"role":"assistant","content":null},
               {"role":"user","content":"Well?","name":"alice"}]}
            """);

        Assert.Equal(
            [(ChatRole.System, "Be brief."), (ChatRole.User, "Hi there"), (ChatRole.Assistant, ""), (ChatRole.User, "Well?")],
            host.Client.Messages.Select(message => (message.Role, message.Text)));
        ChatOptions options = host.Client.Options!;
        Assert.Equal((64, 0.5f, 0.9f, 42L), (options.MaxOutputTokens, options.Temperature, options.TopP, options.Seed));
        Assert.Equal(["END", "\n\n"], options.StopSequences);
        Assert.Equal("alice", host.Client.Subject);
    }

    [Fact]
    public async Task The_old_name_of_the_token_limit_and_a_single_stop_string_are_taken()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await host.AskAsync("""{"max_tokens":9,"stop":"END","messages":[{"role":"user","content":"Hi"}]}""");
        Assert.Equal(9, host.Client.Options!.MaxOutputTokens);
        Assert.Equal(["END"], host.Client.Options.StopSequences);
        Assert.Null(host.Client.Options.Temperature);
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
        Assert.Equal(written, (string)(await host.AskAsync(Hello))["choices"]![0]!["finish_reason"]!);
    }

    [Theory]
    [InlineData("not json", null, null)]
    [InlineData("[]", null, null)]
    [InlineData("{}", "messages", null)]
    [InlineData("""{"messages":[]}""", "messages", null)]
    [InlineData("""{"messages":"Hi"}""", "messages", null)]
    [InlineData("""{"messages":["Hi"]}""", "messages[0]", null)]
    [InlineData("""{"messages":[{"role":"user"}]}""", "messages[0].content", null)]
    [InlineData("""{"messages":[{"role":"user","content":7}]}""", "messages[0].content", null)]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"},{"role":"wizard","content":"Hi"}]}""", "messages[1].role", "unsupported_value")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]}""", "messages[0].content[0].type", "unsupported_value")]
    [InlineData("""{"n":2,"messages":[{"role":"user","content":"Hi"}]}""", "n", "unsupported_value")]
    [InlineData("""{"temperature":3,"messages":[{"role":"user","content":"Hi"}]}""", "temperature", null)]
    [InlineData("""{"temperature":"hot","messages":[{"role":"user","content":"Hi"}]}""", "temperature", null)]
    [InlineData("""{"top_p":0,"messages":[{"role":"user","content":"Hi"}]}""", "top_p", null)]
    [InlineData("""{"max_tokens":0,"messages":[{"role":"user","content":"Hi"}]}""", "max_tokens", null)]
    [InlineData("""{"max_tokens":1.5,"messages":[{"role":"user","content":"Hi"}]}""", "max_tokens", null)]
    [InlineData("""{"seed":"x","messages":[{"role":"user","content":"Hi"}]}""", "seed", null)]
    [InlineData("""{"stop":["a","b","c","d","e"],"messages":[{"role":"user","content":"Hi"}]}""", "stop", null)]
    [InlineData("""{"stop":"","messages":[{"role":"user","content":"Hi"}]}""", "stop", null)]
    [InlineData("""{"stream":"yes","messages":[{"role":"user","content":"Hi"}]}""", "stream", null)]
    public async Task A_wrong_request_is_refused_with_the_field_and_the_fix(string body, string? field, string? code)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        JsonNode error = await host.RefusedAsync(HttpStatusCode.BadRequest, body);
        Assert.Equal("invalid_request_error", (string)error["type"]!);
        Assert.Equal(field, (string?)error["param"]);
        Assert.Equal(code, (string?)error["code"]);
        Assert.NotEmpty((string)error["message"]!);
        Assert.Empty(host.Client.Messages);
    }

    [Fact]
    public async Task A_model_that_is_not_served_is_not_found()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        JsonNode error = await host.RefusedAsync(HttpStatusCode.NotFound, """{"model":"gpt-9","messages":[{"role":"user","content":"Hi"}]}""");
        Assert.Equal("model_not_found", (string)error["code"]!);
        Assert.Contains("fake-135m", (string)error["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_messages_characters_or_bytes_are_refused()
    {
        await using ApiHost host = await ApiHost.StartAsync(
            settings: [("MaximumMessages", "2"), ("MaximumCharacters", "10"), ("MaximumBodyBytes", "1024")]);
        string message = """{"role":"user","content":"Hi"}""";
        Assert.Equal(
            "too_many_messages",
            (string)(await host.RefusedAsync(HttpStatusCode.BadRequest, $$"""{"messages":[{{message}},{{message}},{{message}}]}"""))["code"]!);
        Assert.Equal(
            "context_length_exceeded",
            (string)(await host.RefusedAsync(HttpStatusCode.BadRequest, """{"messages":[{"role":"user","content":"12345678901"}]}"""))["code"]!);
        Assert.Equal(
            "request_too_large",
            (string)(await host.RefusedAsync(
                HttpStatusCode.RequestEntityTooLarge, $$"""{"padding":"{{new string('x', 2000)}}","messages":[{{message}}]}"""))["code"]!);
    }

    [Fact]
    public async Task A_body_that_is_not_sent_as_json_is_refused()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using HttpResponseMessage response = await host.Http.PostAsync(
            new Uri("/v1/chat/completions", UriKind.Relative), new StringContent(Hello));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    public async Task While_no_release_serves_a_completion_is_503_with_the_reason_streamed_or_not(string stream)
    {
        await using ApiHost host = await ApiHost.StartAsync(
            host => host.Model.Failure = new IOException("model.gguf: not found. Put it there."), serveSlot: true);
        await ((ServingState)host.Services.GetService(typeof(ServingState))!).WaitUntilSettledAsync(CancellationToken.None);
        JsonNode error = await host.RefusedAsync(HttpStatusCode.ServiceUnavailable, $$"""{"stream":{{stream}},"messages":[{"role":"user","content":"Hi"}]}""");
        Assert.Equal("model.gguf: not found. Put it there.", (string)error["message"]!);
        Assert.Equal("server_error", (string)error["type"]!);
    }

    [Fact]
    public async Task The_slots_release_is_the_system_fingerprint()
    {
        await using ApiHost host = await ApiHost.StartAsync(serveSlot: true);
        await ((ServingState)host.Services.GetService(typeof(ServingState))!).WaitUntilSettledAsync(CancellationToken.None);
        Assert.Equal("base", (string)(await host.AskAsync(Hello))["system_fingerprint"]!);
    }

    [Fact]
    public async Task A_conversation_longer_than_the_models_context_is_the_clients_error()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.Client.Respond = () => throw new ContextLengthException(9000, 512, 8192);
        JsonNode error = await host.RefusedAsync(HttpStatusCode.BadRequest, Hello);
        Assert.Equal("context_length_exceeded", (string)error["code"]!);
        Assert.Contains("8192", (string)error["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_of_the_model_is_500_and_its_text_reaches_neither_the_client_nor_the_log()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.Client.Respond = () => throw new InvalidOperationException("quoted prompt");
        JsonNode error = await host.RefusedAsync(HttpStatusCode.InternalServerError, Hello);
        Assert.DoesNotContain("quoted", error.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains(host.Logs.Lines, line => line.Contains(nameof(InvalidOperationException), StringComparison.Ordinal));
        Assert.DoesNotContain(host.Logs.Lines, line => line.Contains("quoted", StringComparison.Ordinal));
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
        Assert.Equal("internal_error", (string)Chunks(body)[^1]["error"]!["code"]!);
        Assert.DoesNotContain("[DONE]", body, StringComparison.Ordinal);
        Assert.DoesNotContain("quoted", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_goes_away_cancels_the_generation()
    {
        await using ApiHost host = await ApiHost.StartAsync();
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

        using (HttpResponseMessage response = await host.PostAsync("""{"stream":true,"messages":[{"role":"user","content":"Hi"}]}"""))
        {
            await (await response.Content.ReadAsStreamAsync()).ReadExactlyAsync(new byte[10]);
        }

        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.DoesNotContain(host.Logs.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    private static string Compact(JsonNode node) =>
        node.ToJsonString(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static JsonNode[] Chunks(string body) =>
    [
        .. body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line["data: ".Length..]).Where(data => data != "[DONE]").Select(data => JsonNode.Parse(data)!),
    ];
}
