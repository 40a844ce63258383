using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Unlearning.Engine.Inference;

namespace Unlearning.Host.Tests.Api.Chat;

public sealed class ChatRequestTests
{
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
            new Uri("/v1/chat/completions", UriKind.Relative), new StringContent(ChatText.Hello));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Fact]
    public async Task A_conversation_longer_than_the_models_context_is_the_clients_error()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.Client.Respond = () => throw new ContextLengthException(9000, 512, 8192);
        JsonNode error = await host.RefusedAsync(HttpStatusCode.BadRequest, ChatText.Hello);
        Assert.Equal("context_length_exceeded", (string)error["code"]!);
        Assert.Contains("8192", (string)error["message"]!, StringComparison.Ordinal);
    }
}
