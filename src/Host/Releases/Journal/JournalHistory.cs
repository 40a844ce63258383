using Unlearning.Host.Identity;

namespace Unlearning.Host.Releases.Journal;

/// <summary>What the journal says.</summary>
/// <param name="Entries">The valid entries, oldest first.</param>
/// <param name="DamagedLines">Lines that are no entry: a write cut short, or damage.</param>
public sealed record JournalHistory(IReadOnlyList<JournalEntry> Entries, int DamagedLines)
{
    /// <summary>Releases that damaged lines name: nobody knows what was said of them.</summary>
    public IReadOnlySet<string> NamedInDamage { get; init; } = new HashSet<string>();

    /// <summary>The last change of the live release; null while the base model has never been replaced.</summary>
    public JournalEntry? Last => Entries.LastOrDefault(ChangesLive);

    /// <summary>The live release.</summary>
    public string Current => Last?.ReleaseId ?? Release.BaseId;

    /// <summary>The start of the canary that serves beside the live release; null for none. Whatever comes after a start ends it.</summary>
    public JournalEntry? OpenCanary => Entries.Count > 0 && Entries[^1].Action == JournalAction.CanaryStarted ? Entries[^1] : null;

    /// <summary>The position of the next entry.</summary>
    public long NextSequence => Entries.Count > 0 ? Entries[^1].Sequence + 1 : 1;

    /// <summary>
    /// The releases a rollback leads back through: the live one last, the base model first. A rollback takes the
    /// withdrawn release off, so rolling back twice goes back twice. Canaries were never live and are not on it.
    /// </summary>
    public IReadOnlyList<string> RollbackPath()
    {
        List<string> path = [Release.BaseId];
        foreach (JournalEntry entry in Entries.Where(ChangesLive))
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

    /// <summary>
    /// Whether the service itself withdrew a release, as live one or as canary, and nobody has put it back since. The service then does
    /// not promote it again.
    /// </summary>
    public JournalEntry? WithdrawnByService(string releaseId)
    {
        JournalEntry? last = Entries.LastOrDefault(entry => entry.ReleaseId == releaseId || WithdrawnBy(entry) == releaseId);
        return last is not null && WithdrawnBy(last) == releaseId && last.Actor == Actor.Service.Name ? last : null;
    }

    /// <summary>The content hash under which a release was journalled last; null when it never was.</summary>
    public string? HashOf(string releaseId) => Entries.LastOrDefault(entry => entry.ReleaseId == releaseId)?.ContentHash;

    /// <summary>The release that an entry withdraws; null when it withdraws none.</summary>
    internal static string? WithdrawnBy(JournalEntry entry) => entry.Action switch
    {
        JournalAction.RolledBack => entry.PreviousReleaseId,
        JournalAction.CanaryEnded => entry.ReleaseId,
        _ => null,
    };

    private static bool ChangesLive(JournalEntry entry) => entry.Action is JournalAction.Promoted or JournalAction.RolledBack;
}
