using System.Text.Json.Nodes;
using Unlearning.Host.Incidents.Review;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>The review rules of a folder of policies, read without compiling their patterns, which would take a second.</summary>
/// <param name="folder">The folder.</param>
internal sealed class FolderReviewRules(string folder) : IReviewRules
{
    private readonly Lazy<(IReadOnlyDictionary<string, int> Reviewers, string? Broken)> _read = new(() => Read(folder));

    /// <inheritdoc/>
    public int MinReviewers(string policy) => _read.Value.Reviewers.GetValueOrDefault(policy, 1);

    /// <inheritdoc/>
    public string? WhyUnknown(string policy) => _read.Value.Broken is { } broken && !_read.Value.Reviewers.ContainsKey(policy)
        ? $"How many reviewers the policy '{policy}' asks for cannot be told: '{broken}' cannot be read. Mend it ('policy lint' says where); until then nothing of it is judged."
        : null;

    // Which policy a broken file holds is not known, so that every policy is in doubt that no other file has.
    private static (IReadOnlyDictionary<string, int> Reviewers, string? Broken) Read(string folder)
    {
        Dictionary<string, int> reviewers = new(StringComparer.Ordinal);
        PolicyFolder found = PolicyFolder.Read(folder);
        string? broken = found.Unreadable is null ? null : folder;
        foreach ((string file, string? text) in found.Files)
        {
            SourceMap places = new(file);
            if (text is null || YamlReader.Read(text, places, out _) is not { } content || PolicySchema.Check(content, places).Count > 0
                || content["metadata"]?["name"]?.GetValue<string>() is not { } name)
            {
                broken ??= Path.Combine(folder, file);
                continue;
            }

            reviewers[name] = content["spec"]?["review"]?["min_reviewers"] is JsonValue least ? Math.Max(1, least.GetValue<int>()) : 1;
        }

        return (reviewers, broken);
    }
}
