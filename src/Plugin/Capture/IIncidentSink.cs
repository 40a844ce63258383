namespace Unlearning.Plugin.Capture;

/// <summary>Where incidents go: a store in this process, or a host in another.</summary>
public interface IIncidentSink
{
    /// <summary>Takes one incident; called on the caller's path, once the answer is complete.</summary>
    /// <param name="report">The incident; its interaction's text is for the store alone, never for a log.</param>
    /// <param name="cancellationToken">Signalled when the sink has taken longer than <see cref="CaptureOptions.SinkTimeout"/>.</param>
    /// <returns>A task that ends when the incident is acknowledged: committed, or written where a crash cannot lose it.</returns>
    /// <remarks>An exception is counted and logged by its type; it never reaches the app whose answer was captured.</remarks>
    ValueTask ReportAsync(IncidentReport report, CancellationToken cancellationToken = default);
}
