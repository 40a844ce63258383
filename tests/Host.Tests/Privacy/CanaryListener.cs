using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Unlearning.Host.Telemetry;

namespace Unlearning.Host.Tests.Privacy;

/// <summary>Each measurement with its tags, and each activity with all it carries, but those of Semantic Kernel and of the models' calls, which the service cleans as it exports them.</summary>
internal sealed class CanaryListener : IDisposable
{
    private readonly MeterListener _meters;
    private readonly ActivityListener _activities;

    public CanaryListener()
    {
        _meters = new MeterListener { InstrumentPublished = (instrument, self) => self.EnableMeasurementEvents(instrument, instrument) };
        _meters.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Note(instrument, tags));
        _meters.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Note(instrument, tags));
        _meters.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Note(instrument, tags));
        _meters.Start();
        _activities = new ActivityListener
        {
            ShouldListenTo = source => !source.Name.StartsWith("Microsoft.SemanticKernel", StringComparison.Ordinal) && source.Name != TelemetryServiceCollectionExtensions.ModelSource,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => Seen.Enqueue(
                $"{activity.Source.Name} {activity.DisplayName} {activity.StatusDescription} {string.Join(' ', activity.TagObjects)} {string.Join(' ', activity.Baggage)} "
                + string.Join(' ', activity.Events.SelectMany(happened => happened.Tags))),
        };
        ActivitySource.AddActivityListener(_activities);
    }

    public ConcurrentQueue<string> Seen { get; } = new();

    public void Dispose()
    {
        _meters.Dispose();
        _activities.Dispose();
    }

    private void Note(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (KeyValuePair<string, object?> tag in tags)
            Seen.Enqueue($"{instrument.Meter.Name} {instrument.Name} {tag.Key}={tag.Value}");
    }
}
