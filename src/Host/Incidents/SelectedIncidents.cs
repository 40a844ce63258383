namespace Unlearning.Host.Incidents;

/// <summary>What a run works on.</summary>
public sealed record SelectedIncidents
{
    /// <summary>Confirmed or recurred incidents whose answers are to be forgotten, most severe first.</summary>
    public required IReadOnlyList<Incident> Forget { get; init; }

    /// <summary>Incidents remediated before, to be trained on again.</summary>
    public required IReadOnlyList<Incident> Replay { get; init; }

    /// <summary>Incidents left out by the cap per subject.</summary>
    public int LeftOutBySubject { get; init; }

    /// <summary>
    /// Incidents whose prompt and answer were taken already, under another hazard: what is forgotten there is forgotten here, too.
    /// </summary>
    public IReadOnlyList<Incident> Duplicates { get; init; } = [];

    /// <summary>Incidents left for the next run by the cap on the whole.</summary>
    public int LeftOutBySize { get; init; }
}
