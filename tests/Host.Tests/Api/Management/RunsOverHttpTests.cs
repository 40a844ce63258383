using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Runs;
using Unlearning.Host.Tests.Jobs;

namespace Unlearning.Host.Tests.Api.Management;

public sealed class RunsOverHttpTests
{
    [Fact]
    public async Task A_run_is_started_once_shown_with_its_progress_paused_resumed_and_cancelled()
    {
        await using ApiHost host = await StartAsync(pipeline => pipeline.RunForever());
        (HttpStatusCode status, JsonElement started) = await PostAsync(host, "/v1/runs", new { reason = "a test" });
        Assert.Equal(HttpStatusCode.Accepted, status);
        string id = started.GetProperty("runId").GetString()!;
        await Pipeline(host).Began.Task;
        Assert.Equal(id, (await PostAsync(host, "/v1/runs", new { reason = "another" })).Body.GetProperty("runId").GetString());

        await JobHost.Eventually(async () => (await GetAsync(host, $"/v1/runs/{id}")).Body.GetProperty("stage").GetString() == "unlearn");
        JsonElement shown = (await GetAsync(host, $"/v1/runs/{id}")).Body;
        Assert.Equal(("running", 3, 40, 0.5), (shown.GetProperty("state").GetString(), shown.GetProperty("step").GetInt32(), shown.GetProperty("totalSteps").GetInt32(), shown.GetProperty("losses").GetProperty("forget").GetDouble()));
        Assert.Equal("pause", (await PostAsync(host, $"/v1/runs/{id}/pause", new { reason = "noon" })).Body.GetProperty("control").GetString());
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(host, $"/v1/runs/{id}/resume", new { reason = "night" })).Status);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(host, $"/v1/runs/{id}/cancel", new { reason = "not tonight" })).Status);
        await JobHost.Eventually(async () => (await GetAsync(host, $"/v1/runs/{id}")).Body.GetProperty("state").GetString() == "cancelled");

        // What is over is over, and says so.
        (status, JsonElement problem) = await PostAsync(host, $"/v1/runs/{id}/pause", new { reason = "late" });
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("is over (cancelled)", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(id, (await GetAsync(host, "/v1/runs?limit=1")).Body[0].GetProperty("runId").GetString());
    }

    [Theory]
    [InlineData("GET", "/v1/runs/none", "{}", 404, "'none'")]
    [InlineData("GET", "/v1/runs/none/gates", "{}", 404, "'none'")]
    [InlineData("GET", "/v1/runs?limit=501", "{}", 400, "limit is 501")]
    [InlineData("POST", "/v1/runs", """{"reason":" "}""", 400, "reason")]
    [InlineData("POST", "/v1/runs", """{"reason":"x","priority":9}""", 400, "priority")]
    [InlineData("POST", "/v1/runs/none/retry", """{"from":"gate","reason":"x"}""", 404, "'none'")]
    [InlineData("POST", "/v1/runs/none/retry", """{"from":"lunch","reason":"x"}""", 400, "from")]
    [InlineData("POST", "/v1/runs/none/cancel", """{"reason":"x"}""", 404, "'none'")]
    [InlineData("GET", "/v1/releases/0123456789abcdef", "{}", 404, "0123456789abcdef")]
    [InlineData("GET", "/v1/releases/..%2f..%2fetc", "{}", 404, "etc")]
    [InlineData("POST", "/v1/releases/rollback", """{"reason":"x"}""", 409, "base model is live")]
    [InlineData("POST", "/v1/releases/canary/end", """{"promote":true,"reason":"x"}""", 409, "No canary serves")]
    [InlineData("POST", "/v1/releases/0123456789abcdef/approve", """{"reason":"x"}""", 404, "0123456789abcdef")]
    [InlineData("POST", "/v1/releases/0123456789abcdef/canary", """{"share":1,"reason":"x"}""", 400, "share")]
    public async Task What_cannot_be_is_a_problem_that_names_it(string method, string path, string body, int status, string named)
    {
        await using ApiHost host = await StartAsync(_ => { });
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        if (method == "POST")
            request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await host.Http.SendAsync(request);

        JsonElement problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(status == (int)response.StatusCode, problem.ToString());
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(named, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static async Task<ApiHost> StartAsync(Action<FakePipeline> pipeline) =>
        await ApiHost.StartAsync(host => pipeline(Pipeline(host)), incidents: true, runs: true);

    private static FakePipeline Pipeline(ApiHost host) => (FakePipeline)host.Services.GetRequiredService<IRunPipeline>();

    private static async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(ApiHost host, string path)
    {
        using HttpResponseMessage response = await host.Http.GetAsync(new Uri(path, UriKind.Relative));
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(ApiHost host, string path, object body)
    {
        using HttpResponseMessage response = await host.Http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }
}
