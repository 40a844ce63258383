namespace Unlearning.Host.Releases;

/// <summary>What the journal says.</summary>
/// <param name="Entries">The valid entries, oldest first.</param>
/// <param name="DamagedLines">Lines that are no entry: a write cut short, or damage.</param>
public sealed record JournalHistory(IReadOnlyList<JournalEntry> Entries, int DamagedLines)
{
    /// <summary>The last entry; null while the base model has never been replaced.</summary>
    public JournalEntry? Last => Entries.Count > 0 ? Entries[^1] : null;

    /// <summary>The live release.</summary>
    public string Current => Last?.ReleaseId ?? Release.BaseId;

    /// <summary>
    /// The releases a rollback leads back through: the live one last, the base model first. A rollback takes the
    /// withdrawn release off, so rolling back twice goes back twice.
    /// </summary>
    public IReadOnlyList<string> RollbackPath()
    {
        List<string> path = [Release.BaseId];
        foreach (JournalEntry entry in Entries)
        {
            int earlier = entry.Action == JournalAction.RolledBack ? path.LastIndexOf(entry.ReleaseId) : -1;
            if (earlier >= 0)
            {
                path.RemoveRange(earlier + 1, path.Count - earlier - 1);
            }
            else
            {
                path.Add(entry.ReleaseId);
            }
        }

        return path;
    }
}
