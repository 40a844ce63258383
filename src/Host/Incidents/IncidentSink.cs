using Unlearning.Host.Api;
using Unlearning.Host.Incidents.Feedback;
using Unlearning.Host.Releases;
using Unlearning.Host.Telemetry;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Feedback;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Privacy;

namespace Unlearning.Host.Incidents;

/// <summary>
/// Turns reports into incidents: scrubs, fingerprints, files one incident per hazard, and acknowledges once all of it is committed.
/// </summary>
public sealed partial class IncidentSink(
    InteractionStore store,
    FeedbackStore feedbacks,
    Fingerprinter fingerprinter,
    ReleaseStore releases,
    BaseModelIdentity baseModels,
    ServiceMetrics metrics,
    ILogger<IncidentSink> logger,
    IPolicySource? policies = null) : IIncidentSink
{
    private const string UnknownRelease = "unknown";

    // An app elsewhere knows its own policies' names alone, and one that is older, or no recorder, may know nothing of personal data. With
    // the names of this Host's policies the same prompt has the same fingerprint, whoever captured it.
    private PersonalDataScrubber PersonalData => policies?.Current.PersonalData ?? PersonalDataScrubber.Default;

    /// <inheritdoc/>
    public async ValueTask ReportAsync(IncidentReport report, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(report);
        await StoreAsync([report], fromElsewhere: false, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stores reports: what was captured in one transaction, all of it or nothing, and then what people said of answers.</summary>
    /// <returns>Of each report, in their order and once it is committed, whether it had been counted before.</returns>
    internal async Task<IReadOnlyList<bool>> StoreAsync(
        IReadOnlyList<IncidentReport> reports, bool fromElsewhere, CancellationToken cancellationToken)
    {
        IReadOnlyList<bool> captured = await StoreCapturedAsync(
            [.. reports.Where(report => report.Feedback is null)], fromElsewhere, cancellationToken).ConfigureAwait(false);
        List<bool> known = new(reports.Count);
        int next = 0;
        foreach (IncidentReport report in reports)
        {
            known.Add(report.Feedback is null
                ? captured[next++]
                : await StoreFeedbackAsync(report, fromElsewhere, cancellationToken).ConfigureAwait(false) == FeedbackOutcome.Known);
        }

        return known;
    }

    /// <summary>Keeps what a person said of an answer.</summary>
    /// <param name="report">The report, with its feedback.</param>
    /// <param name="fromElsewhere">Whether it comes from another process.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    internal async Task<FeedbackOutcome> StoreFeedbackAsync(IncidentReport report, bool fromElsewhere, CancellationToken cancellationToken)
    {
        // An id of this Host's own says which model it was, whoever tells.
        bool own = CompletionId.InteractionOf(report.Interaction.ResponseId) is not null;
        string baseModelHash = await baseModels.OfAsync(report, fromElsewhere && !own, cancellationToken).ConfigureAwait(false);
        ObservedInteraction interaction = Observe(report, baseModelHash, fromElsewhere: true);
        UserFeedback feedback = report.Feedback! with { Reason = report.Feedback!.Reason is { } reason ? PersonalData.Scrub(reason) : null };
        FeedbackOutcome outcome = await feedbacks.RecordAsync(interaction, feedback, SubjectOf(report.Interaction), cancellationToken).ConfigureAwait(false);
        LogFeedback(interaction.Id, outcome);
        metrics.FeedbackTaken(report.Feedback!.Rating == UserRating.Up ? "up" : "down", outcome switch
        {
            FeedbackOutcome.Filed => "filed",
            FeedbackOutcome.Noted => "noted",
            FeedbackOutcome.Known => "known",
            _ => "unmatched",
        });
        return outcome;
    }

    private async Task<IReadOnlyList<bool>> StoreCapturedAsync(
        IReadOnlyList<IncidentReport> reports, bool fromElsewhere, CancellationToken cancellationToken)
    {
        if (reports.Count == 0)
        {
            return [];
        }

        List<ObservedInteraction> interactions = new(reports.Count);
        foreach (IncidentReport report in reports)
        {
            string baseModelHash = await baseModels.OfAsync(report, fromElsewhere, cancellationToken).ConfigureAwait(false);
            interactions.Add(Observe(report, baseModelHash, fromElsewhere));
        }

        IReadOnlyList<StoredInteraction> stored = await store.RecordAsync(interactions, cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < stored.Count; i++)
        {
            foreach (Incident incident in stored[i].Incidents)
            {
                LogRecorded(incident.Id, incident.Hazard, incident.Status, incident.Count, interactions[i].Id);
                if (incident.Status == IncidentStatus.Recurred)
                {
                    LogRecurred(incident.Id, incident.Hazard, interactions[i].Observations[0].ReleaseLineage[0]);
                }
            }
        }

        return [.. stored.Select(interaction => interaction.Known)];
    }

    private ObservedInteraction Observe(IncidentReport report, string baseModelHash, bool fromElsewhere)
    {
        Interaction interaction = report.Interaction;
        PersonalDataScrubber personalData = PersonalData;
        string prompt = personalData.Scrub(interaction.Prompt), answer = personalData.Scrub(interaction.Answer);

        // What a person tells may be anyone's text: no release is to answer for it.
        IReadOnlyList<string> lineage = report.Feedback is null ? releases.Lineage(interaction.ReleaseId ?? UnknownRelease) : [UnknownRelease];
        string? subject = SubjectOf(interaction);

        // Several policies may see the same hazard: the one that weighs most speaks for it, a harmful answer before a harmful prompt.
        IEnumerable<PolicyMatch> matches = report.Matches
            .OrderByDescending(match => match.AnswerMatched).ThenByDescending(match => match.Severity)
            .DistinctBy(match => match.Hazard, StringComparer.Ordinal);
        IncidentObservation[] observations =
        [
            .. matches.Select(match => new IncidentObservation
            {
                InteractionId = interaction.Id,
                Fingerprint = fingerprinter.Fingerprint(prompt, match.Hazard),
                Hazard = match.Hazard,
                BaseModelHash = baseModelHash,
                Policy = match.Policy,
                PolicyVersion = match.PolicyVersion,
                PolicyRevision = report.PolicyRevision,
                Severity = match.Severity,
                Prompt = prompt,
                Answer = answer,
                ReleaseLineage = lineage,
                Function = interaction.Function,
                SubjectHash = subject,
                PromptMatched = match.PromptMatched,
                AnswerMatched = match.AnswerMatched,
                Detectors = DetectorNames.Of(match.Detectors),
                ToolResultMatched = match.ToolResultMatched,
                Refused = interaction.Refused,
                Streaming = interaction.Streaming,
                Complete = interaction.Complete,
                ModelId = interaction.ModelId,
                AutoAccept = match.AutoAccept && report.Feedback is null,
                RemediationEnabled = match.RemediationEnabled,
                At = interaction.At,
            }),
        ];

        // An app that talks to this Host reports what the Host may have captured itself, under the id of its answer.
        return new ObservedInteraction(
            interaction.Id, interaction.At, fromElsewhere ? CompletionId.InteractionOf(interaction.ResponseId) : null, observations);
    }

    private string? SubjectOf(Interaction interaction) =>
        string.IsNullOrEmpty(interaction.Subject) ? null : fingerprinter.HashSubject(interaction.Subject);

    [LoggerMessage(EventId = 2009, EventName = "FeedbackTaken", Level = LogLevel.Information, Message = "Feedback {FeedbackId} is {Outcome}.")]
    private partial void LogFeedback(string feedbackId, FeedbackOutcome outcome);

    [LoggerMessage(
        EventId = 2001,
        EventName = "IncidentRecorded",
        Level = LogLevel.Information,
        Message = "Incident {IncidentId} ({Hazard}) is {Status}, seen {Count} time(s), last in interaction {InteractionId}.")]
    private partial void LogRecorded(Guid incidentId, string hazard, IncidentStatus status, int count, string interactionId);

    [LoggerMessage(
        EventId = 2002,
        EventName = "IncidentRecurred",
        Level = LogLevel.Warning,
        Message = "Incident {IncidentId} ({Hazard}) was remediated and came back; release {ReleaseId} answered.")]
    private partial void LogRecurred(Guid incidentId, string hazard, string releaseId);
}
