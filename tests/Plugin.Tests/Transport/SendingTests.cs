using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Unlearning.Plugin.Tests.Doubles;

namespace Unlearning.Plugin.Tests.Transport;

public sealed class SendingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_sent_has_the_incident_and_the_key_and_not_the_conversation_around_it()
    {
        JsonNode? sent = null;
        FakeHost host = new() { Answer = (_, records) => { sent ??= records[0]!.DeepClone(); return null; } };
        await using (SinkUnderTest app = new(_folder.Path, host, options => options.BaseModel = "my-model"))
        {
            await app.ReportAsync("a");
        }

        Assert.Equal(("Bearer key-1", "/v1/incidents"), (host.Authorization, host.Path));
        Assert.Equal(
            ["id", "at", "prompt", "answer", "release_id", "model_id", "base_model", "subject", "streaming", "complete", "refused",
                "policy_revision", "matches"],
            sent!.AsObject().Select(field => field.Key));
        Assert.Equal(("a", "my-model", 2), ((string)sent["id"]!, (string)sent["base_model"]!, (int)sent["matches"]![0]!["severity"]!));
    }

    [Fact]
    public async Task Batches_are_no_larger_than_asked()
    {
        FakeHost host = new();
        await using (SinkUnderTest app = new(_folder.Path, host, options => options.BatchSize = 3))
        {
            await Task.WhenAll(Enumerable.Range(0, 50).Select(i => app.ReportAsync($"{i}")));
        }

        Assert.Equal(50, host.Stored.Count);
        Assert.All(host.BatchSizes, size => Assert.InRange(size, 1, 3));
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.Redirect)]
    [InlineData(HttpStatusCode.NoContent)]
    public async Task An_answer_that_acknowledges_nothing_is_followed_by_another_try(HttpStatusCode status)
    {
        FakeHost host = new() { Answer = (request, _) => request < 3 ? FakeHost.Status(status) : null };
        await using SinkUnderTest app = new(_folder.Path, host);
        await app.ReportAsync("a");
        await host.RequestsAsync(4);
        await app.Sink.DisposeAsync();

        Assert.Equal(["a"], host.Stored);
        Assert.Equal((3, 1, 0), (app.Count("retries"), app.Count("sent"), app.Count("rejected")));
        Assert.Single(app.Logs.GetSnapshot(), record => record.Id.Name == "HostUnreachable");
    }

    [Theory]
    [InlineData("<html>Please log in.</html>")]
    [InlineData("{}")]
    [InlineData("""{"results":[]}""")]
    [InlineData("""{"results":[{"id":"a","outcome":"whatever"}]}""")]
    public async Task A_200_of_something_that_is_no_Host_acknowledges_nothing(string body)
    {
        FakeHost host = new()
        {
            Answer = (request, _) => request < 2 ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(body) } : null,
        };
        await using SinkUnderTest app = new(_folder.Path, host);
        await app.ReportAsync("a");
        await host.RequestsAsync(3);
        await app.Sink.DisposeAsync();
        Assert.Equal(["a"], host.Stored);
        Assert.Equal(1, app.Count("sent"));
    }

    [Fact]
    public async Task Pauses_double_up_to_the_longest_and_the_Host_can_ask_for_more()
    {
        FakeTimeProvider clock = new();
        FakeHost host = new()
        {
            Clock = clock,
            Answer = (request, _) => request switch
            {
                < 4 => FakeHost.Status(HttpStatusCode.BadGateway),
                4 => FakeHost.Status(HttpStatusCode.ServiceUnavailable, "120"),
                5 => throw new HttpRequestException(HttpRequestError.ConnectionError),
                _ => null,
            },
        };
        await using SinkUnderTest app = new(
            _folder.Path,
            host,
            options => (options.FirstRetryDelay, options.LongestRetryDelay, options.RequestTimeout) =
                (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4), TimeSpan.FromMinutes(10)),
            clock);
        await app.ReportAsync("a");
        Task done = host.RequestsAsync(7);
        while (!done.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await done;
        double[] pauses = [.. host.Times.Zip(host.Times.Skip(1), (one, next) => (next - one).TotalSeconds)];
        Assert.All(pauses.Zip([0.5, 1, 2, 2, 120, 2]), pair => Assert.True(pair.First >= pair.Second, $"{pair.First} < {pair.Second}"));
    }

    [Fact]
    public async Task A_record_that_the_Host_refuses_is_set_aside_with_the_reason_and_the_others_are_sent()
    {
        FakeHost host = new()
        {
            Answer = (_, records) => FakeHost.Json(new JsonObject
            {
                ["results"] = new JsonArray([.. records.Select(record => (string)record!["id"]! == "bad"
                    ? new JsonObject
                    {
                        ["id"] = "bad",
                        ["outcome"] = "rejected",
                        ["problem"] = new JsonObject { ["title"] = "Invalid", ["status"] = 422, ["detail"] = "severity is 9" },
                    }
                    : new JsonObject { ["id"] = (string)record["id"]!, ["outcome"] = "stored" })]),
            }),
        };
        await using SinkUnderTest app = new(_folder.Path, host);
        await Task.WhenAll(app.ReportAsync("a"), app.ReportAsync("bad"), app.ReportAsync("c"));
        await app.Sink.DisposeAsync();

        Assert.Equal((2, 1, 0), (app.Count("sent"), app.Count("rejected"), app.Count("lost")));
        AssertRejected("bad", 422, "severity is 9");
    }

    [Fact]
    public async Task One_record_that_spoils_its_batch_is_found_and_the_others_are_sent()
    {
        FakeHost host = new()
        {
            Answer = (_, records) => records.Any(record => (string)record!["id"]! == "bad") ? FakeHost.Status(HttpStatusCode.BadRequest) : null,
        };
        await using SinkUnderTest app = new(_folder.Path, host);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => app.ReportAsync(i == 13 ? "bad" : $"{i}")));
        await app.Sink.DisposeAsync();

        Assert.Equal(19, host.Stored.Count);
        Assert.Equal((19, 1), (app.Count("sent"), app.Count("rejected")));
        AssertRejected("bad", 400, "refused");
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.log", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task The_end_of_the_app_waits_for_a_Host_that_hangs_no_longer_than_asked()
    {
        await using SinkUnderTest app = new(_folder.Path, new HangingHost(), options => options.FlushTimeout = TimeSpan.FromMilliseconds(50));
        await app.ReportAsync("a");
        await app.Sink.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Single(Directory.GetFiles(_folder.Path, "*.log", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_report_after_the_end_is_not_acknowledged()
    {
        await using SinkUnderTest app = new(_folder.Path, new FakeHost());
        app.Sink.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => app.Sink.ReportAsync(Reports.Create("a")).AsTask());
    }

    [Fact]
    public async Task Logs_and_failures_have_no_text()
    {
        FakeHost host = new() { Answer = (request, _) => FakeHost.Status(request == 0 ? HttpStatusCode.BadGateway : HttpStatusCode.BadRequest) };
        await using SinkUnderTest app = new(_folder.Path, host);
        await app.ReportAsync("a");
        await host.RequestsAsync(2);
        await app.Sink.DisposeAsync();
        Assert.Equal(
            ["HostReachable", "HostUnreachable", "IncidentRejected", "IncidentSpooled"],
            app.Logs.GetSnapshot().Select(record => record.Id.Name).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(app.Logs.GetSnapshot(), record => record.Message.Contains("forbidden", StringComparison.Ordinal));
    }

    private void AssertRejected(string id, int status, string reason)
    {
        JsonNode rejected = JsonNode.Parse(Assert.Single(File.ReadLines(Path.Combine(_folder.Path, "rejected.jsonl"))))!;
        Assert.Equal((id, status), ((string)rejected["id"]!, (int)rejected["status"]!));
        Assert.StartsWith("enc:1:", (string)rejected["record"]!, StringComparison.Ordinal);
        Assert.Contains(reason, (string)rejected["detail"]!, StringComparison.Ordinal);
    }
}
