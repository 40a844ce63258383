using System.Net;
using System.Text.Json.Nodes;
using Unlearning.Host.Releases.Serving;

namespace Unlearning.Host.Tests.Api.Chat;

public sealed class ChatFailureTests
{
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

    [Theory]
    [InlineData("false", false)]
    [InlineData("false", true)]
    [InlineData("true", false)]
    [InlineData("true", true)]
    public async Task A_failure_of_the_model_is_500_and_logged_once_and_its_text_reaches_neither_the_client_nor_the_log(string stream, bool captured)
    {
        await using ApiHost host = await ApiHost.StartAsync(policy: captured ? Reported.Policy : null, incidents: captured);
        host.Client.Respond = () => throw new InvalidOperationException("quoted prompt");
        host.Client.Stream = _ => throw new InvalidOperationException("quoted prompt");
        int before = host.Logs.Lines.Count;
        JsonNode error = await host.RefusedAsync(HttpStatusCode.InternalServerError, $$"""{"stream":{{stream}},"messages":[{"role":"user","content":"Hi"}]}""");
        Assert.DoesNotContain("quoted", error.ToJsonString(), StringComparison.Ordinal);
        string logged = Assert.Single(host.Logs.Lines.Skip(before), ChatText.IsWarning);
        Assert.Contains(nameof(InvalidOperationException), logged, StringComparison.Ordinal);
        Assert.DoesNotContain(host.Logs.Lines, line => line.Contains("quoted", StringComparison.Ordinal));
    }
}
