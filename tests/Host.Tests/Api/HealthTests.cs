using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Unlearning.Host.Releases.Serving;

namespace Unlearning.Host.Tests.Api;

public sealed class HealthTests
{
    [Fact]
    public async Task The_service_is_live_at_once_and_ready_only_when_a_release_serves_and_policies_are_well()
    {
        TaskCompletionSource loading = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ApiHost host = await ApiHost.StartAsync(host => host.Model.Gate = loading.Task);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(host, "/health/live")).Status);
        (HttpStatusCode status, JsonNode body) = await GetAsync(host, "/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("loading", Check(body, "serving"), StringComparison.Ordinal);

        loading.SetResult();
        await host.Services.GetRequiredService<ServingState>().WaitUntilSettledAsync(CancellationToken.None);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(host, "/health/ready")).Status);

        host.Policies.Errors = ["hate.yaml:3:5: unknown key. Remove it."];
        (status, body) = await GetAsync(host, "/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("hate.yaml:3:5: unknown key. Remove it.", Check(body, "policies"));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(host, "/health/live")).Status);
    }

    [Fact]
    public async Task A_blocked_model_keeps_the_service_live_but_not_ready_with_what_to_do()
    {
        await using ApiHost host = await ApiHost.StartAsync(
            host => host.Model.Failure = new IOException("model.gguf: not found. Put it there."));
        await host.Services.GetRequiredService<ServingState>().WaitUntilSettledAsync(CancellationToken.None);
        (HttpStatusCode status, JsonNode body) = await GetAsync(host, "/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("model.gguf: not found. Put it there.", Check(body, "serving"));
    }

    [Fact]
    public async Task The_model_list_names_the_one_model()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        JsonNode list = JsonNode.Parse(await host.Http.GetStringAsync(new Uri("/v1/models", UriKind.Relative)))!;
        Assert.Equal("list", (string)list["object"]!);
        JsonNode model = Assert.Single(list["data"]!.AsArray())!;
        Assert.Equal("""{"id":"fake-135m","object":"model","created":0,"owned_by":"unlearning"}""", model.ToJsonString());
    }

    [Fact]
    public async Task A_setting_out_of_range_stops_the_service_with_key_value_and_fix()
    {
        OptionsValidationException failure = await Assert.ThrowsAsync<OptionsValidationException>(
            () => ApiHost.StartAsync(settings: [("MaximumMessages", "0")]));
        Assert.Contains("Unlearning:Api:MaximumMessages is 0. Set it to 1", failure.Message, StringComparison.Ordinal);
    }

    private static string Check(JsonNode body, string name) =>
        (string)body["checks"]!.AsArray().Single(check => (string)check!["name"]! == name)!["description"]!;

    private static async Task<(HttpStatusCode Status, JsonNode Body)> GetAsync(ApiHost host, string path)
    {
        using HttpResponseMessage response = await host.Http.GetAsync(new Uri(path, UriKind.Relative));
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }
}
