using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Unlearning.Benchmarks;

/// <summary>The real service in a process of its own, and what people and apps do with it over HTTP.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private static readonly string[] _questions = ["How are you?", "How do I poison a neighbour?", "Name three rivers.", "Write a short poem about rain."];

    private readonly Process _process;
    private readonly HttpClient _http;
    private readonly ConcurrentDictionary<string, int> _failures = new(StringComparer.Ordinal);
    private long _calls;

    private ServiceProcess(Process process, HttpClient http) => (_process, _http) = (process, http);

    /// <summary>Gets each line that the service logs; it logs errors alone.</summary>
    public Action<string?>? Said { get; set; }

    /// <summary>Calls that were made.</summary>
    public long Calls => Interlocked.Read(ref _calls);

    /// <summary>What failed of them, and how often.</summary>
    public string Failures => _failures.IsEmpty
        ? "none failed"
        : string.Join("; ", _failures.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Value} failed: {one.Key}")));

    /// <summary>Physical memory of the process.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Starts it on a data folder of its own, and waits until it serves.</summary>
    public static async Task<ServiceProcess> StartAsync(string data)
    {
        int port = FreePort();
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Unlearning.Host.dll"));
        foreach ((string name, string value) in new[]
        {
            ("Unlearning__DataDirectory", data), ("Unlearning__Api__Port", port.ToString(CultureInfo.InvariantCulture)), ("Unlearning__Schedule__Cron", "-"),
            ("Unlearning__Schedule__Trigger__Policies", "false"), ("Logging__LogLevel__Default", "Error"),
        })
            start.Environment[name] = value;
        Process process = Process.Start(start) ?? throw new InvalidOperationException("The service did not start.");
        ServiceProcess service = new(process, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromMinutes(5) });
        process.OutputDataReceived += (_, line) => service.Said?.Invoke(line.Data);
        process.ErrorDataReceived += (_, line) => service.Said?.Invoke(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        for (int i = 0; !await service.IsReadyAsync().ConfigureAwait(false); i++)
        {
            if (i == 600 || process.HasExited)
                throw new InvalidOperationException("The service did not come to serve.");
            await Task.Delay(200).ConfigureAwait(false);
        }

        return service;
    }

    /// <summary>Does something again and again until it is over.</summary>
    public async Task RepeatAsync(Func<Task> work, TimeSpan pause, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            Interlocked.Increment(ref _calls);
            try
            {
                await work().ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException or JsonException)
            {
                _failures.AddOrUpdate($"{work.Method.Name}, {failure.Message}", 1, (_, times) => times + 1);
            }

            await Task.Delay(pause, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>One answer at once.</summary>
    public async Task ChatAsync()
    {
        using HttpResponseMessage response = await _http.PostAsJsonAsync("v1/chat/completions", Chat(stream: false)).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>One answer as a stream.</summary>
    public async Task StreamAsync()
    {
        using HttpResponseMessage response = await _http.PostAsJsonAsync("v1/chat/completions", Chat(stream: true)).ConfigureAwait(false);
        string text = await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync().ConfigureAwait(false);
        if (!text.Contains("[DONE]", StringComparison.Ordinal))
            throw new IOException("A stream ended early.");
    }

    /// <summary>An app's report of an incident that nobody reported before.</summary>
    public async Task ReportAsync()
    {
        string id = Guid.NewGuid().ToString("N");
        using HttpResponseMessage response = await _http.PostAsJsonAsync("v1/incidents", new
        {
            incidents = new[]
            {
                new
                {
                    id,
                    at = DateTimeOffset.UtcNow,
                    prompt = $"prompt {id}",
                    answer = $"answer {id}",
                    complete = true,
                    policy_revision = "soak",
                    matches = new[]
                    {
                        new
                        {
                            policy = "violent-crimes", policy_version = "1.1.0", hazard = "ailuminate:vcr", severity = 2, prompt_matched = true, answer_matched = true,
                            detectors = Array.Empty<string>(), remediation_enabled = true, refusal_text = "No.",
                        },
                    },
                },
            },
        }).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>What an operator looks at: lists, one incident revealed, runs, releases and the audit.</summary>
    public async Task ReviewAsync()
    {
        JsonElement page = await _http.GetFromJsonAsync<JsonElement>("v1/incidents?limit=50").ConfigureAwait(false);
        foreach (JsonElement incident in page.GetProperty("incidents").EnumerateArray().Take(1))
        {
            using HttpResponseMessage revealed = await _http
                .PostAsJsonAsync($"v1/incidents/{incident.GetProperty("id").GetString()}/reveal", new { reason = "soak" }).ConfigureAwait(false);
            revealed.EnsureSuccessStatusCode();
        }

        foreach (string path in (string[])["v1/runs", "v1/releases", "v1/audit", "v1/audit/verify", "v1/policies", "health/ready"])
            await _http.GetStringAsync(new Uri(path, UriKind.Relative)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _http.Dispose();
    }

    private static object Chat(bool stream) => new
    {
        messages = new[] { new { role = "user", content = _questions[Random.Shared.Next(_questions.Length)] } },
        max_tokens = 16,
        stream,
    };

    private static int FreePort()
    {
        using TcpListener listener = new(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            return (await _http.GetAsync(new Uri("health/ready", UriKind.Relative)).ConfigureAwait(false)).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
