namespace Unlearning.Host.Incidents.Review.Details;

/// <summary>Whether the next run may take an incident to forget, and what is missing if not.</summary>
/// <param name="May">Whether it may; a run still takes no more than its caps let it.</param>
/// <param name="Missing">What is missing, each in one sentence.</param>
internal sealed record UnlearningOutlook(bool May, IReadOnlyList<string> Missing)
{
    /// <summary>Tells it by the rules of <see cref="IncidentSelection"/>.</summary>
    /// <param name="incident">The incident; its texts are not looked at.</param>
    /// <param name="served">The base model that the service unlearns from; null when not known.</param>
    public static UnlearningOutlook Of(Incident incident, string? served)
    {
        List<string> missing = [];
        switch (incident.Status)
        {
            case IncidentStatus.New:
                missing.Add("A reviewer has not confirmed it.");
                break;
            case IncidentStatus.Dismissed:
                missing.Add("A reviewer dismissed it.");
                break;
            case IncidentStatus.Remediated:
                missing.Add($"Release {incident.RemediatedBy} was trained to forget it; further runs only replay it.");
                break;
        }

        if (incident.TextAt is null)
            missing.Add("Its text was deleted.");
        else if (!incident.AnswerMatched)
            missing.Add("No answer to it was judged harmful, so there is nothing to forget.");
        if (!incident.RemediationEnabled)
            missing.Add($"The policy '{incident.Policy}' does not let it be unlearned (remediation.enabled).");
        if (!ServedBase.MayBe(served, incident.BaseModelHash))
            missing.Add("Another base model gave the answer.");
        return new UnlearningOutlook(missing.Count == 0, missing);
    }
}
