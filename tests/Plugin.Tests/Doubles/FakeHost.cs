using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace Unlearning.Plugin.Tests.Doubles;

/// <summary>A Host behind the network: stores what it is sent, once, or answers as told.</summary>
internal sealed class FakeHost : HttpMessageHandler
{
    private readonly Lock _lock = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiting = [];
    private readonly List<string> _stored = [];

    /// <summary>Answers in the Host's place, by the number of the request from 0 on and its records; null lets the Host answer.</summary>
    public Func<int, JsonArray, HttpResponseMessage?> Answer { get; set; } = (_, _) => null;

    public FakeTimeProvider? Clock { get; init; }

    public List<DateTimeOffset> Times { get; } = [];

    public List<int> BatchSizes { get; } = [];

    public string? Authorization { get; private set; }

    public string? Path { get; private set; }

    /// <summary>The ids of what it acknowledged, in order, without repetitions.</summary>
    public IReadOnlyList<string> Stored
    {
        get
        {
            lock (_lock)
            {
                return [.. _stored];
            }
        }
    }

    public static HttpResponseMessage Status(HttpStatusCode status, string? retryAfter = null)
    {
        HttpResponseMessage response = new(status);
        response.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        return response;
    }

    public static HttpResponseMessage Json(JsonNode body) =>
        new(HttpStatusCode.OK) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };

    /// <summary>Ends when so many requests have been answered.</summary>
    public Task RequestsAsync(int count)
    {
        lock (_lock)
        {
            TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((count, reached));
            Notify();
            return reached.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        JsonArray records = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!["incidents"]!.AsArray();
        lock (_lock)
        {
            Authorization = request.Headers.Authorization?.ToString();
            Path = request.RequestUri!.AbsolutePath;
            Times.Add(Clock?.GetUtcNow() ?? default);
            BatchSizes.Add(records.Count);
            try
            {
                return Answer(BatchSizes.Count - 1, records) ?? Store(records);
            }
            finally
            {
                Notify();
            }
        }
    }

    private HttpResponseMessage Store(JsonArray records)
    {
        JsonArray results = [];
        foreach (string id in records.Select(record => (string)record!["id"]!))
        {
            bool known = _stored.Contains(id);
            results.Add(new JsonObject { ["id"] = id, ["outcome"] = known ? "known" : "stored" });
            if (!known)
            {
                _stored.Add(id);
            }
        }

        return Json(new JsonObject { ["results"] = results });
    }

    private void Notify()
    {
        foreach ((int count, TaskCompletionSource reached) in _waiting)
        {
            if (BatchSizes.Count >= count)
            {
                reached.TrySetResult();
            }
        }
    }
}
