using System.Collections.Concurrent;
using Unlearning.Plugin.Capture;

namespace Unlearning.Plugin.Tests.Doubles;

/// <summary>Keeps what is reported, or fails as told.</summary>
internal sealed class RecordingSink : IIncidentSink
{
    private readonly ConcurrentQueue<IncidentReport> _reports = new();

    public Func<CancellationToken, Task> OnReport { get; set; } = _ => Task.CompletedTask;

    public IReadOnlyList<IncidentReport> Reports => [.. _reports];

    public async ValueTask ReportAsync(IncidentReport report, CancellationToken cancellationToken = default)
    {
        await OnReport(cancellationToken);
        _reports.Enqueue(report);
    }
}
