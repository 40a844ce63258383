using System.Diagnostics.Metrics;
using Unlearning.Host.Releases.Journal;
using Unlearning.Plugin.Capture;

namespace Unlearning.Host.Telemetry;

/// <summary>Measures runs, swaps and feedback; tags are words of the service, never identifiers or text.</summary>
public sealed class ServiceMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Histogram<double> _runs;
    private readonly Counter<long> _gates;
    private readonly Counter<long> _swaps;
    private readonly Counter<long> _feedback;

    /// <summary>Creates the instruments.</summary>
    public ServiceMetrics(IMeterFactory? factory = null)
    {
        _meter = factory?.Create(CaptureMetrics.MeterName) ?? new Meter(CaptureMetrics.MeterName);
        _runs = _meter.CreateHistogram(
            "unlearning.run.duration",
            "s",
            "How long a run took, from its start to its end.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [60, 120, 300, 600, 1800, 3600, 7200, 14400, 43200] });
        _gates = _meter.CreateCounter<long>("unlearning.gate.verdicts", "{verdict}", "Verdicts of gates.");
        _swaps = _meter.CreateCounter<long>("unlearning.model.swaps", "{swap}", "Changes of what serves: promotions, rollbacks, canaries that began or were withdrawn.");
        _feedback = _meter.CreateCounter<long>("unlearning.feedback", "{feedback}", "What users thought of answers, and what became of it.");
    }

    /// <summary>A user's feedback came.</summary>
    /// <param name="rating"><c>up</c> or <c>down</c>.</param>
    /// <param name="outcome"><c>filed</c>, <c>noted</c>, <c>known</c> or <c>unmatched</c>.</param>
    public void FeedbackTaken(string rating, string outcome) =>
        _feedback.Add(1, new("unlearning.rating", rating), new KeyValuePair<string, object?>("unlearning.outcome", outcome));

    /// <summary>A run ended.</summary>
    /// <param name="outcome"><c>pass</c>, <c>fail</c> or <c>inconclusive</c>, or <c>error</c> for a run that came to no verdict.</param>
    /// <param name="took">Since it began.</param>
    public void RunEnded(string outcome, TimeSpan took) => _runs.Record(took.TotalSeconds, new KeyValuePair<string, object?>("unlearning.run.outcome", outcome));

    /// <summary>A gate was judged.</summary>
    public void GateJudged(string gate, string verdict) =>
        _gates.Add(1, new("unlearning.gate", gate), new KeyValuePair<string, object?>("unlearning.verdict", verdict));

    /// <summary>What serves changed.</summary>
    public void Swapped(JournalAction action) => _swaps.Add(1, new KeyValuePair<string, object?>("unlearning.action", action switch
    {
        JournalAction.Promoted => "promoted",
        JournalAction.RolledBack => "rolled_back",
        JournalAction.CanaryStarted => "canary_started",
        _ => "canary_ended",
    }));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
