using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Tests.Doubles;
using Unlearning.Plugin.Transport;

namespace Unlearning.Plugin.Tests.Transport;

/// <summary>The sink of one process, its Host and what it counts.</summary>
internal sealed class SinkUnderTest : IAsyncDisposable
{
    private readonly TestMeterFactory _meters = new();
    private readonly TransportMetrics _metrics;
    private readonly Dictionary<string, MetricCollector<long>> _counters;

    public SinkUnderTest(string spool, HttpMessageHandler host, Action<TransportOptions>? configure = null, TimeProvider? time = null)
    {
        TransportOptions options = new()
        {
            Url = "https://unlearning.example.org/",
            ApiKey = "key-1",
            Spool = spool,
            FirstRetryDelay = TimeSpan.FromMilliseconds(1),
            LongestRetryDelay = TimeSpan.FromMilliseconds(10),
        };
        configure?.Invoke(options);
        _metrics = new TransportMetrics(_meters);
        _counters = new[] { "spooled", "sent", "retries", "rejected", "lost" }.ToDictionary(
            name => name, name => new MetricCollector<long>(_meters, CaptureMetrics.MeterName, $"unlearning.transport.{name}"));
        Sink = new HttpIncidentSink(
            Options.Create(options), _metrics, time ?? TimeProvider.System, new FakeLogger<HttpIncidentSink>(Logs), host);
    }

    public FakeLogCollector Logs { get; } = new();

    public HttpIncidentSink Sink { get; }

    public async Task ReportAsync(params string[] ids)
    {
        foreach (string id in ids)
        {
            await Sink.ReportAsync(Reports.Create(id));
        }
    }

    public long Count(string counter) => _counters[counter].GetMeasurementSnapshot().Sum(measured => measured.Value);

    public async ValueTask DisposeAsync()
    {
        await Sink.DisposeAsync();
        _metrics.Dispose();
        _meters.Dispose();
    }
}
