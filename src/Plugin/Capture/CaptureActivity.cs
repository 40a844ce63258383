using System.Diagnostics;

namespace Unlearning.Plugin.Capture;

/// <summary>
/// The trace of a judgement: an activity linked to the call that was judged, with one event <c>gen_ai.evaluation.result</c> a match, as
/// OpenTelemetry's conventions for generative AI name them. It carries names, numbers and identifiers, never text.
/// </summary>
internal static class CaptureActivity
{
    /// <summary>The name of the activity source, the same as the meter's.</summary>
    public const string SourceName = CaptureMetrics.MeterName;

    private static readonly ActivitySource _source = new(SourceName);

    /// <summary>Begins the activity, if anybody listens.</summary>
    public static Activity? Begin(CapturedInteraction captured)
    {
        // What runs here is nobody's child: the call that was judged has ended.
        Activity? activity = _source.StartActivity(
            "evaluate interaction",
            ActivityKind.Internal,
            parentContext: default,
            links: captured.Call == default ? null : [new ActivityLink(captured.Call)]);
        activity?.SetTag("gen_ai.operation.name", "evaluate");
        activity?.SetTag("gen_ai.response.model", captured.Interaction.ModelId);
        activity?.SetTag("unlearning.interaction.id", captured.Interaction.Id);
        return activity;
    }

    /// <summary>Notes what the policies found.</summary>
    public static void Note(Activity? activity, IncidentReport? report)
    {
        if (activity is null || report is null)
        {
            return;
        }

        activity.SetTag("unlearning.policy.revision", report.PolicyRevision);
        foreach (PolicyMatch match in report.Matches)
        {
            activity.AddEvent(new ActivityEvent("gen_ai.evaluation.result", tags: new ActivityTagsCollection
            {
                ["gen_ai.evaluation.name"] = match.Policy,
                ["gen_ai.evaluation.score.value"] = match.Severity,
                ["gen_ai.evaluation.score.label"] = match.AnswerMatched ? "harmful answer" : "harmful input",
                ["unlearning.category"] = match.Hazard,
            }));
        }
    }
}
