using System.Diagnostics.Metrics;
using Unlearning.Plugin.Capture;

namespace Unlearning.Plugin.Transport;

/// <summary>Counts what was spooled and sent, on the meter of <see cref="CaptureMetrics"/>; its tags are never text or identifiers.</summary>
public sealed class TransportMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _spooled;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _lost;

    /// <summary>Creates the instruments.</summary>
    /// <param name="factory">Makes the meter when the app has metrics set up.</param>
    public TransportMetrics(IMeterFactory? factory = null)
    {
        _meter = factory?.Create(CaptureMetrics.MeterName) ?? new Meter(CaptureMetrics.MeterName);
        _spooled = _meter.CreateCounter<long>(
            "unlearning.transport.spooled", "{incident}", "Incidents written and flushed to the spool: acknowledged to the app.");
        _sent = _meter.CreateCounter<long>("unlearning.transport.sent", "{incident}", "Incidents that the Host acknowledged.");
        _retries = _meter.CreateCounter<long>("unlearning.transport.retries", "{request}", "Requests that failed and are repeated.");
        _rejected = _meter.CreateCounter<long>(
            "unlearning.transport.rejected", "{incident}", "Incidents that the Host refused for good; kept beside the spool.");
        _lost = _meter.CreateCounter<long>(
            "unlearning.transport.lost", "{incident}", "Incidents that could not be spooled, or were found damaged in it.");
    }

    /// <summary>Disposes the meter.</summary>
    public void Dispose() => _meter.Dispose();

    internal void Spooled() => _spooled.Add(1);

    internal void Sent(int count) => _sent.Add(count);

    internal void Retried(string reason) => _retries.Add(1, new KeyValuePair<string, object?>("unlearning.reason", reason));

    internal void Rejected() => _rejected.Add(1);

    internal void Lost(string reason, int count = 1) => _lost.Add(count, new KeyValuePair<string, object?>("unlearning.reason", reason));
}
