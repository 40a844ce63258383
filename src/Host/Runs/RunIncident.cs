namespace Unlearning.Host.Runs;

/// <summary>Which incidents a run was trained on, by their ids alone, so that an erasure knows which runs it touches.</summary>
public sealed class RunIncident
{
    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>The incident, which may be gone.</summary>
    public Guid IncidentId { get; init; }
}
