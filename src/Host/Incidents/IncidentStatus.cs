namespace Unlearning.Host.Incidents;

/// <summary>Where an incident stands in review and remediation.</summary>
public enum IncidentStatus
{
    /// <summary>Recorded; nobody has judged it.</summary>
    New,

    /// <summary>Judged harmful by a reviewer, or auto-accepted by the policy that matched.</summary>
    Confirmed,

    /// <summary>Judged harmless by a reviewer. Further occurrences are counted and change nothing.</summary>
    Dismissed,

    /// <summary>A live release was trained to forget it.</summary>
    Remediated,

    /// <summary>Seen again from a release that should have forgotten it. Waits for the next run, like a confirmed one.</summary>
    Recurred,
}
