namespace Unlearning.Plugin.Transport.Wire;

/// <summary>What became of one record of a batch.</summary>
/// <param name="Id">The interaction's id, as it was sent; null when the record had none.</param>
/// <param name="Outcome"><see cref="Stored"/>, <see cref="Known"/> or <see cref="Rejected"/>.</param>
/// <param name="Problem">Why it was rejected; null otherwise.</param>
internal sealed record IncidentResult(string? Id, string Outcome, RecordProblem? Problem = null)
{
    /// <summary>Committed to the Host's database.</summary>
    public const string Stored = "stored";

    /// <summary>Committed before; nothing was counted again.</summary>
    public const string Known = "known";

    /// <summary>Wrong in itself: sending it again would change nothing.</summary>
    public const string Rejected = "rejected";

    public bool Acknowledged => Outcome is Stored or Known;
}
