using Unlearning.Host.Releases.Journal;

namespace Unlearning.Host.Releases.Garbage;

/// <summary>Says which releases are needed. Pure; whatever it is unsure of, it keeps.</summary>
public static class ReleaseKeeping
{
    /// <summary>Judges each release.</summary>
    /// <param name="releases">All releases: id, manifest (null when it cannot be read) and when it was saved.</param>
    /// <param name="journal">What serves and served.</param>
    /// <param name="references">What the database needs.</param>
    /// <param name="keep">How many releases before the live one a rollback can go back through.</param>
    /// <param name="savedBefore">Nothing that was saved later is deleted.</param>
    /// <returns>One verdict a release, in the order of <paramref name="releases"/>.</returns>
    public static IReadOnlyList<GarbageVerdict> Judge(
        IReadOnlyList<(string Id, ReleaseManifest? Manifest, DateTimeOffset SavedAt)> releases,
        JournalHistory journal,
        ReleaseReferences references,
        int keep,
        DateTimeOffset savedBefore)
    {
        ArgumentNullException.ThrowIfNull(releases);
        ArgumentNullException.ThrowIfNull(journal);
        ArgumentNullException.ThrowIfNull(references);

        // Counted over what is there: releases that are gone are passed over by a rollback, too.
        HashSet<string> there = [.. releases.Select(release => release.Id)];
        HashSet<string> path = [.. journal.RollbackPath().SkipLast(1).Where(there.Contains).TakeLast(keep)];
        Dictionary<string, string> kept = new(StringComparer.Ordinal);
        foreach ((string id, ReleaseManifest? manifest, DateTimeOffset savedAt) in releases)
        {
            string? why = id == journal.Current ? "it is live"
                : id == journal.OpenCanary?.ReleaseId ? "it is the canary"
                : path.Contains(id) ? "a rollback may lead back to it"
                : manifest is null ? "its manifest cannot be read"
                : references.ActiveRuns.Contains(manifest.RunId) ? "its run is not over"
                : references.Releases.Contains(id) ? "a run, an incident or an approval refers to it"
                : journal.NamedInDamage.Contains(id) ? "a damaged line of the journal names it"
                : savedAt >= savedBefore ? "it is too young"
                : null;
            if (why is not null)
            {
                kept[id] = why;
            }
        }

        // What a kept release was trained from is its lineage, which tells a recurrence from an older release at work.
        Dictionary<string, string?> parents = releases.ToDictionary(release => release.Id, release => release.Manifest?.Parent);
        foreach (string root in kept.Keys.ToArray())
        {
            for (string? parent = parents[root]; parent is not null && parents.ContainsKey(parent); parent = parents[parent])
            {
                if (!kept.TryAdd(parent, $"release {root} was trained from it"))
                {
                    break;
                }
            }
        }

        return [.. releases.Select(release => new GarbageVerdict(release.Id, kept.GetValueOrDefault(release.Id)))];
    }
}
