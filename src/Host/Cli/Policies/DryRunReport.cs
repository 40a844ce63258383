namespace Unlearning.Host.Cli.Policies;

/// <summary>What <c>policy dry-run</c> found.</summary>
/// <param name="InForce">The revision of the set in force.</param>
/// <param name="Tried">The revision of the new set.</param>
/// <param name="Incidents">How many incidents were judged.</param>
/// <param name="NewlyMatch">Those that match only with the new set.</param>
/// <param name="NoLongerMatch">Those that match only with the set in force.</param>
/// <param name="SeverityChanges">Those whose gravest severity changes.</param>
/// <param name="PolicyChanges">Those that other policies match.</param>
/// <param name="AnswerChanges">Those whose answer is judged harmful by one set only.</param>
/// <param name="Policies">The same by policy.</param>
/// <param name="Changes">The incidents that change.</param>
internal sealed record DryRunReport(
    string InForce,
    string Tried,
    int Incidents,
    int NewlyMatch,
    int NoLongerMatch,
    int SeverityChanges,
    int PolicyChanges,
    int AnswerChanges,
    IReadOnlyList<PolicyCounts> Policies,
    IReadOnlyList<IncidentChange> Changes);
