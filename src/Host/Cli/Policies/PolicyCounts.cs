namespace Unlearning.Host.Cli.Policies;

/// <summary>What a new set means for one policy, in incidents.</summary>
/// <param name="Policy">The policy's name.</param>
internal sealed record PolicyCounts(string Policy)
{
    /// <summary>Incidents that the set in force matches by it.</summary>
    public int Before { get; set; }

    /// <summary>Incidents that the new set matches by it.</summary>
    public int After { get; set; }

    /// <summary>Incidents that it matches only in the new set.</summary>
    public int Newly { get; set; }

    /// <summary>Incidents that it matches only in the set in force.</summary>
    public int NoLonger { get; set; }

    /// <summary>Incidents that it gives another severity.</summary>
    public int Severity { get; set; }
}
