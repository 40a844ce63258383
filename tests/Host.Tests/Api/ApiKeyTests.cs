using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;

namespace Unlearning.Host.Tests.Api;

public sealed class ApiKeyTests
{
    private const string Plain = "a-plain-key-of-some-length";
    private const string Hashed = "another-key-of-some-length";

    [Theory]
    [InlineData("Bearer " + Plain, true)]
    [InlineData("bearer " + Hashed, true)]
    [InlineData("Bearer wrong-key-of-some-length", false)]
    [InlineData("Basic " + Plain, false)]
    [InlineData(Plain, false)]
    [InlineData("Bearer ", false)]
    [InlineData(null, false)]
    public async Task Where_keys_are_set_every_call_under_v1_needs_one(string? authorization, bool allowed)
    {
        await using ApiHost host = await ApiHost.StartAsync(settings: [("Keys:0", Plain), ("Keys:1", Hash(Hashed))]);
        host.Http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);

        (HttpStatusCode incidents, JsonNode body) = await host.SendIncidentsAsync("{}");
        using HttpResponseMessage models = await host.Http.GetAsync(new Uri("/v1/models", UriKind.Relative));
        using HttpResponseMessage chat = await host.PostAsync("""{"messages":[{"role":"user","content":"hello"}]}""");
        using HttpResponseMessage live = await host.Http.GetAsync(new Uri("/health/live", UriKind.Relative));

        HttpStatusCode refused = HttpStatusCode.Unauthorized;
        Assert.Equal(
            allowed ? (HttpStatusCode.BadRequest, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK) : (refused, refused, refused, HttpStatusCode.OK),
            (incidents, models.StatusCode, chat.StatusCode, live.StatusCode));
        if (!allowed)
        {
            Assert.Equal(401, (int)body["status"]!);
            Assert.Equal("Bearer", chat.Headers.WwwAuthenticate.ToString());
            Assert.Equal("invalid_api_key", (string)JsonNode.Parse(await chat.Content.ReadAsStringAsync())!["error"]!["code"]!);
        }
    }

    [Theory]
    [InlineData("Keys:0", "short")]
    [InlineData("Keys:0", "sha256:1234")]
    [InlineData("Keys:0", "a key with spaces in it")]
    [InlineData("Address", "0.0.0.0")]
    [InlineData("Address", "everywhere")]
    public async Task Settings_that_would_let_anyone_in_are_refused_by_name_and_no_key_is_quoted(string key, string value)
    {
        OptionsValidationException failure =
            await Assert.ThrowsAsync<OptionsValidationException>(() => ApiHost.StartAsync(settings: [(key, value)]));
        Assert.Contains($"Unlearning:Api:{key}", failure.Message, StringComparison.Ordinal);
        Assert.True(key == "Address" || !failure.Message.Contains(value, StringComparison.Ordinal));
    }

    private static string Hash(string key) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))}";
}
