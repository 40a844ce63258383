using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Unlearning.Plugin.Capture;

/// <summary>The sink of an app that has not said where incidents go: it keeps nothing and says so, once.</summary>
internal sealed partial class LoggingIncidentSink(ILogger<LoggingIncidentSink>? logger = null) : IIncidentSink
{
    private readonly ILogger _logger = logger ?? NullLogger<LoggingIncidentSink>.Instance;
    private int _warned;

    public ValueTask ReportAsync(IncidentReport report, CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _warned, 1) == 0)
        {
            LogNothingKept();
        }

        return ValueTask.CompletedTask;
    }

    [LoggerMessage(
        EventId = 1004,
        EventName = "NoIncidentSink",
        Level = LogLevel.Warning,
        Message = "Incidents are counted but not kept: there is nowhere to send them. Set Unlearning:Host:Url, or register an IIncidentSink.")]
    private partial void LogNothingKept();
}
