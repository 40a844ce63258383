using System.Text.Json.Nodes;
using Unlearning.Host.Incidents.Review;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>The review rules of a folder of policies, read without compiling their patterns, which would take a second.</summary>
/// <param name="folder">The folder.</param>
internal sealed class FolderReviewRules(string folder) : IReviewRules
{
    private readonly Lazy<IReadOnlyDictionary<string, int>> _reviewers = new(() => Read(folder));

    /// <inheritdoc/>
    public int MinReviewers(string policy) => _reviewers.Value.GetValueOrDefault(policy, 1);

    private static Dictionary<string, int> Read(string folder)
    {
        Dictionary<string, int> reviewers = new(StringComparer.Ordinal);
        foreach ((string file, string? text) in PolicyFolder.Read(folder).Files)
        {
            SourceMap places = new(file);
            if (text is null || YamlReader.Read(text, places, out _) is not { } content || PolicySchema.Check(content, places).Count > 0)
                continue;
            if (content["metadata"]?["name"]?.GetValue<string>() is { } name && content["spec"]?["review"]?["min_reviewers"] is JsonValue least)
                reviewers[name] = Math.Max(1, least.GetValue<int>());
        }

        return reviewers;
    }
}
