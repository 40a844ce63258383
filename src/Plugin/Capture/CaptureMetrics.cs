using System.Diagnostics.Metrics;
using Unlearning.Plugin.Policies;

namespace Unlearning.Plugin.Capture;

/// <summary>Counts what was captured; its tags are names from policies and code, never text or identifiers.</summary>
public sealed class CaptureMetrics : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Unlearning";

    private readonly Meter _meter;
    private readonly Counter<long> _captured;
    private readonly Counter<long> _flagged;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _enforced;
    private readonly Counter<long> _shed;

    /// <summary>Creates the instruments.</summary>
    /// <param name="factory">Makes the meter when the app has metrics set up.</param>
    public CaptureMetrics(IMeterFactory? factory = null)
    {
        _meter = factory?.Create(MeterName) ?? new Meter(MeterName);
        _captured = _meter.CreateCounter<long>(
            "unlearning.capture.interactions", "{interaction}", "Interactions captured at the model boundary.");
        _flagged = _meter.CreateCounter<long>(
            "unlearning.capture.flagged", "{match}", "Matches of a policy in a captured interaction.");
        _failures = _meter.CreateCounter<long>(
            "unlearning.capture.failures", "{interaction}", "Interactions that could not be judged or handed on.");
        _enforced = _meter.CreateCounter<long>(
            "unlearning.capture.enforced", "{answer}", "Answers that a policy marked or replaced.");
        _shed = _meter.CreateCounter<long>(
            "unlearning.capture.shed", "{interaction}", "Interactions that were given up, or went on half judged, because too many waited.");
    }

    /// <summary>Disposes the meter.</summary>
    public void Dispose() => _meter.Dispose();

    internal void Observe(Func<int> judging, Func<int> costly, Func<int> sink) => _meter.CreateObservableGauge<int>(
        "unlearning.capture.waiting",
        () =>
        [
            new(judging(), new KeyValuePair<string, object?>("unlearning.stage", "judging")),
            new(costly(), new KeyValuePair<string, object?>("unlearning.stage", "costly")),
            new(sink(), new KeyValuePair<string, object?>("unlearning.stage", "sink")),
        ],
        "{interaction}",
        "Captured interactions that wait.");

    internal void Shed(string stage, int? severity) => _shed.Add(
        1, new("unlearning.stage", stage), new("unlearning.severity", severity is { } known ? known : "unknown"));

    internal void Captured(Interaction interaction) =>
        _captured.Add(1, new("unlearning.streaming", interaction.Streaming), new("unlearning.complete", interaction.Complete));

    internal void Flagged(PolicyMatch match) => _flagged.Add(
        1,
        new("unlearning.policy", match.Policy),
        new("unlearning.prompt_matched", match.PromptMatched),
        new("unlearning.answer_matched", match.AnswerMatched));

    internal void Enforced(EnforcementRuling ruling) =>
        _enforced.Add(1, new(EnforcementKeys.Policy, ruling.Policy), new(EnforcementKeys.Action, ruling.Action));

    internal void Failed(string stage, Exception failure) =>
        _failures.Add(1, new("unlearning.stage", stage), new("error.type", failure.GetType().FullName));

    internal void EnforcementFailed(Policy policy, Exception failure) => _failures.Add(
        1,
        new("unlearning.stage", "enforce"),
        new("error.type", failure.GetType().FullName),
        new(EnforcementKeys.Policy, policy.Name),
        new("unlearning.on_error", policy.Enforcement.FailsClosed ? "refuse" : "allow"));
}
