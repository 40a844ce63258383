using Unlearning.Plugin.Policies.Documents;

namespace Unlearning.Host.Cli.Policies;

/// <summary>What differs in meaning between two sets of policies.</summary>
/// <param name="Policies">The policies that differ, by name.</param>
internal sealed record SetDifference(IReadOnlyList<PolicyDifference> Policies)
{
    /// <summary>Compares the files without errors of two sets.</summary>
    /// <param name="before">The set before.</param>
    /// <param name="after">The set after.</param>
    /// <param name="showText">Whether the prompts and answers of tests are shown.</param>
    public static SetDifference Of(PolicyFiles before, PolicyFiles after, bool showText)
    {
        Dictionary<string, PolicyDocument> old = ByName(before), now = ByName(after);
        return new SetDifference(
            [.. old.Keys.Union(now.Keys).Order(StringComparer.Ordinal).Select(name => Compare(name, old.GetValueOrDefault(name), now.GetValueOrDefault(name), showText)).OfType<PolicyDifference>()]);
    }

    private static PolicyDifference? Compare(string name, PolicyDocument? before, PolicyDocument? after, bool showText)
    {
        if (before is null || after is null)
        {
            return new PolicyDifference(
                name, before is null ? PolicyDifference.Added : PolicyDifference.Removed, before?.Metadata.Version, after?.Metadata.Version, []);
        }

        IReadOnlyList<PolicyChange> changes = DocumentComparison.Compare(before, after, showText);
        return changes.Count == 0
            ? null
            : new PolicyDifference(name, PolicyDifference.Changed, before.Metadata.Version, after.Metadata.Version, changes);
    }

    private static Dictionary<string, PolicyDocument> ByName(PolicyFiles files) => files.Files
        .Select(file => file.Loaded.Document).OfType<PolicyDocument>()
        .DistinctBy(document => document.Metadata.Name)
        .ToDictionary(document => document.Metadata.Name, StringComparer.Ordinal);
}
