namespace Unlearning.Host.Incidents.Review.Judging;

/// <summary>What a judgement, or its withdrawal, did to one incident.</summary>
/// <param name="Id">The incident.</param>
/// <param name="Before">Where it stood.</param>
/// <param name="After">Where it stands.</param>
/// <param name="Changed">Whether anything is different now.</param>
/// <param name="Tally">How reviewers judge it now.</param>
internal sealed record JudgedIncident(Guid Id, IncidentStatus Before, IncidentStatus After, bool Changed, ReviewTally Tally)
{
    /// <summary>Whether this confirmed it.</summary>
    public bool IsConfirmation => After == IncidentStatus.Confirmed && Before != IncidentStatus.Confirmed;
}
