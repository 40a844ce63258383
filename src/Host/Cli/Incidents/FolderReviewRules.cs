using System.Text.Json.Nodes;
using Unlearning.Host.Incidents.Review.Judging;
using Unlearning.Plugin.Policies.Loading;
using Unlearning.Plugin.Privacy;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>The review rules of a folder of policies, read without compiling their patterns, which would take a second.</summary>
/// <param name="folder">The folder.</param>
internal sealed class FolderReviewRules(string folder) : IReviewRules
{
    private readonly Lazy<Content> _read = new(() => Read(folder));

    /// <inheritdoc/>
    public int MinReviewers(string policy) => _read.Value.Reviewers.GetValueOrDefault(policy, 1);

    /// <inheritdoc/>
    public string? WhyUnknown(string policy) => _read.Value.Broken is { } broken && !_read.Value.Reviewers.ContainsKey(policy)
        ? $"How many reviewers the policy '{policy}' asks for cannot be told: '{broken}' cannot be read. Mend it ('policy lint' says where); until then nothing of it is judged."
        : null;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TimeSpan> Waits => _read.Value.Waits;

    /// <inheritdoc/>
    public PersonalDataScrubber PersonalData => _read.Value.PersonalData;

    // Which policy a broken file holds is not known, so that every policy is in doubt that no other file has.
    private static Content Read(string folder)
    {
        Dictionary<string, int> reviewers = new(StringComparer.Ordinal);
        Dictionary<string, TimeSpan> waits = new(StringComparer.Ordinal);
        List<string> names = [];
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

            JsonNode? review = content["spec"]?["review"];
            reviewers[name] = Number(review?["min_reviewers"]) is { } least ? Math.Max(1, (int)least) : 1;
            if (Number(review?["sla_hours"]) is { } hours)
                waits[name] = TimeSpan.FromHours(hours);
            names.AddRange((content["spec"]?["capture"]?["redact_names"]?.AsArray() ?? []).Select(listed => $"{listed}").Where(listed => listed.Any(char.IsLetterOrDigit)));
        }

        return new Content(reviewers, waits, new PersonalDataScrubber(names), broken);
    }

    // The reader makes whole numbers long, and those that are written with a point double.
    private static double? Number(JsonNode? node) => node is not JsonValue value ? null : value.TryGetValue(out long whole) ? whole : value.GetValue<double>();

    private sealed record Content(
        IReadOnlyDictionary<string, int> Reviewers, IReadOnlyDictionary<string, TimeSpan> Waits, PersonalDataScrubber PersonalData, string? Broken);
}
