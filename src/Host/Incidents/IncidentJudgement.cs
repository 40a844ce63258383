namespace Unlearning.Host.Incidents;

/// <summary>What one reviewer judged of an incident; a later judgement replaces it.</summary>
public sealed class IncidentJudgement
{
    /// <summary>The incident.</summary>
    public Guid IncidentId { get; init; }

    /// <summary>Who.</summary>
    public required string By { get; init; }

    /// <summary>Whether it is harmful.</summary>
    public required bool Harmful { get; set; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; set; }
}
