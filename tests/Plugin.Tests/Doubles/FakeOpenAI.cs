using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Unlearning.Plugin.Tests.Doubles;

/// <summary>A server on a port of its own that speaks the chat protocol of OpenAI and of Azure OpenAI, and always gives the same answer.</summary>
internal sealed class FakeOpenAI : IAsyncDisposable
{
    public const string Answer = "The harmful answer, in several words.";
    public const string ResponseId = "chatcmpl-0199c0ffee0000000000000000000001";
    public const string Release = "release-7";

    private readonly WebApplication _app;

    private FakeOpenAI(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    public static async Task<FakeOpenAI> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        WebApplication app = builder.Build();
        app.MapPost("/v1/chat/completions", AnswerAsync);
        app.MapPost("/openai/deployments/{deployment}/chat/completions", AnswerAsync);
        await app.StartAsync();
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new FakeOpenAI(app) { Address = new Uri(address) };
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task AnswerAsync(HttpContext http)
    {
        JsonNode request = (await JsonNode.ParseAsync(http.Request.Body))!;
        if ((bool?)request["stream"] != true)
        {
            JsonObject message = new() { ["role"] = "assistant", ["content"] = Answer };
            await http.Response.WriteAsJsonAsync(Completion(
                "chat.completion", new JsonObject { ["index"] = 0, ["message"] = message, ["finish_reason"] = "stop" }));
            return;
        }

        http.Response.ContentType = "text/event-stream";
        foreach (string word in Answer.Split(' '))
        {
            JsonObject delta = new() { ["role"] = "assistant", ["content"] = word == "The" ? word : $" {word}" };
            await WriteAsync(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = null });
        }

        await WriteAsync(new JsonObject { ["index"] = 0, ["delta"] = new JsonObject(), ["finish_reason"] = "stop" });
        await http.Response.WriteAsync("data: [DONE]\n\n");

        Task WriteAsync(JsonObject choice) =>
            http.Response.WriteAsync($"data: {Completion("chat.completion.chunk", choice).ToJsonString()}\n\n");
    }

    private static JsonObject Completion(string kind, JsonObject choice) => new()
    {
        ["id"] = ResponseId,
        ["object"] = kind,
        ["created"] = 1767225600,
        ["model"] = "served-model",
        ["system_fingerprint"] = Release,
        ["choices"] = new JsonArray(choice),
        ["usage"] = kind == "chat.completion"
            ? new JsonObject { ["prompt_tokens"] = 3, ["completion_tokens"] = 6, ["total_tokens"] = 9 }
            : null,
    };
}
