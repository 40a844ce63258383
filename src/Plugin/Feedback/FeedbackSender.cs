using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Policies;

namespace Unlearning.Plugin.Feedback;

/// <summary>Takes what an app's users think of its answers to the reviewers, in this process or at a Host elsewhere, as incidents are.</summary>
/// <param name="sink">Where incidents go.</param>
/// <param name="policies">What feedback is filed under.</param>
/// <param name="time">The clock.</param>
public sealed class FeedbackSender(IIncidentSink sink, IPolicySource policies, TimeProvider time)
{
    /// <summary>Sends a thumbs up or down. It is noted at the incident that the answer is; a thumbs down with the answer's text makes one.</summary>
    /// <param name="feedback">What the person said; personal data in it is replaced before it goes anywhere.</param>
    /// <param name="cancellationToken">Cancels before it is acknowledged.</param>
    /// <returns>What became of it, once it is acknowledged as an incident is.</returns>
    /// <remarks>Whoever gives feedback confirms nothing by it: a reviewer decides.</remarks>
    /// <exception cref="ArgumentException">A field is wrong; the message says which and how.</exception>
    /// <exception cref="IOException">The sink could not keep it.</exception>
    public async Task<FeedbackReceipt> SendAsync(AnswerFeedback feedback, CancellationToken cancellationToken = default)
    {
        IncidentReport report = FeedbackReport.Of(feedback, policies.Current, time);
        if (report.Matches.Count == 0 && report.Interaction.ResponseId is not { Length: > 0 })
        {
            return new FeedbackReceipt(null, []);
        }

        await sink.ReportAsync(report, cancellationToken).ConfigureAwait(false);
        return new FeedbackReceipt(report.Interaction.Id, [.. report.Matches.Select(match => match.Policy)]);
    }
}
