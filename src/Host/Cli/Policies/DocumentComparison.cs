using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Unlearning.Plugin.Policies.Documents;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Host.Cli.Policies;

/// <summary>
/// Compares two versions of a policy by meaning: a default written out is no change, nor is another order of words or detectors; the
/// order of severity rules is one, because the last rule decides.
/// </summary>
internal sealed class DocumentComparison
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<PolicyChange> _changes = [];
    private readonly bool _showText;

    private DocumentComparison(bool showText) => _showText = showText;

    /// <summary>Lists the differences, in the order of the keys.</summary>
    /// <param name="before">The version before.</param>
    /// <param name="after">The version after.</param>
    /// <param name="showText">Whether the prompts and answers of tests are shown.</param>
    public static IReadOnlyList<PolicyChange> Compare(PolicyDocument before, PolicyDocument after, bool showText)
    {
        DocumentComparison comparison = new(showText);
        comparison.Walk("", PolicyLoader.ToJson(before), PolicyLoader.ToJson(after));
        return comparison._changes;
    }

    private void Walk(string path, JsonNode? before, JsonNode? after)
    {
        if (JsonNode.DeepEquals(before, after))
            return;
        switch (before, after)
        {
            case (JsonObject old, JsonObject now):
                foreach (string key in old.Select(entry => entry.Key).Union(now.Select(entry => entry.Key)))
                    Walk(path.Length == 0 ? key : $"{path}.{key}", old[key], now[key]);
                break;
            case (JsonArray old, JsonArray now):
                WalkList(path, old, now);
                break;
            default:
                _changes.Add(new PolicyChange(path, Show(path, before), Show(path, after)));
                break;
        }
    }

    private void WalkList(string path, JsonArray before, JsonArray after)
    {
        List<(string Name, JsonNode Item)> old = Named(before), now = Named(after);
        string[] common = [.. old.Select(entry => entry.Name).Intersect(now.Select(entry => entry.Name))];
        foreach ((string name, JsonNode item) in old)
            Walk($"{path}[{name}]", item, now.Find(entry => entry.Name == name).Item);
        foreach ((string name, JsonNode item) in now.Where(entry => !common.Contains(entry.Name)))
            Walk($"{path}[{name}]", null, item);
        if (path.EndsWith(".rules", StringComparison.Ordinal))
        {
            string from = Order(old, common), to = Order(now, common);
            if (from != to)
                _changes.Add(new PolicyChange($"{path} (order)", from, to));
        }

        // What is the same in both is gone from these, whatever its place; what is left is paired by its order.
        (List<JsonNode> left, List<JsonNode> right) = Unpaired(before, after);
        bool pairs = left.Concat(right).All(item => item is JsonObject);
        for (int i = 0; i < Math.Max(left.Count, right.Count); i++)
        {
            (JsonNode? was, JsonNode? @is) = (left.ElementAtOrDefault(i), right.ElementAtOrDefault(i));
            if (pairs)
            {
                Walk($"{path}[{(was is not null ? before.IndexOf(was) : after.IndexOf(@is))}]", was, @is);
                continue;
            }

            if (was is not null)
                _changes.Add(new PolicyChange($"{path}[]", Show(path, was), null));
            if (@is is not null)
                _changes.Add(new PolicyChange($"{path}[]", null, Show(path, @is)));
        }
    }

    private static (List<JsonNode> Before, List<JsonNode> After) Unpaired(JsonArray before, JsonArray after)
    {
        List<JsonNode> left = [.. before.OfType<JsonNode>().Where(item => Name(item) is null)];
        List<JsonNode> right = [.. after.OfType<JsonNode>().Where(item => Name(item) is null)];
        foreach (JsonNode item in left.ToArray())
        {
            int same = right.FindIndex(other => JsonNode.DeepEquals(item, other));
            if (same >= 0)
            {
                left.Remove(item);
                right.RemoveAt(same);
            }
        }

        return (left, right);
    }

    private static string Order(List<(string Name, JsonNode Item)> items, string[] common) =>
        string.Join(", ", items.Select(entry => entry.Name).Where(common.Contains));

    private static List<(string Name, JsonNode Item)> Named(JsonArray items)
    {
        List<(string, JsonNode)> named = [];
        Dictionary<string, int> seen = new(StringComparer.Ordinal);
        foreach (JsonNode item in items.OfType<JsonNode>())
        {
            if (Name(item) is { } name)
            {
                int times = seen[name] = seen.GetValueOrDefault(name) + 1;
                named.Add((times == 1 ? name : $"{name}#{times}", item));
            }
        }

        return named;
    }

    private static string? Name(JsonNode item) => item is JsonObject ? (string?)(item["name"] ?? item["when"]) : null;

    private string? Show(string path, JsonNode? value)
    {
        if (value is null)
            return null;
        string text = value is JsonValue scalar && scalar.TryGetValue(out string? word) ? word : value.ToJsonString(Readable);
        bool isTest = path.StartsWith("tests[", StringComparison.Ordinal);
        if (!isTest || _showText)
            return text;
        return value is JsonObject ? "(a test)"
            : path.EndsWith("].prompt", StringComparison.Ordinal) || path.EndsWith("].answer", StringComparison.Ordinal) ? $"({text.Length} characters)"
            : text;
    }
}
