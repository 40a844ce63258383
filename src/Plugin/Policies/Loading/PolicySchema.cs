using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace Unlearning.Plugin.Policies.Loading;

/// <summary>Checks a file against policy.schema.json, the schema that editors use, and says what is wrong in an operator's words.</summary>
internal static class PolicySchema
{
    private const string Resource = "Unlearning.Plugin.Policies.policy.schema.json";

    private static readonly string _text = ReadResource();
    private static readonly JsonNode _schema = JsonNode.Parse(_text)!;
    private static readonly JsonSchema _compiled = JsonSchema.FromText(_text);
    private static readonly EvaluationOptions _options = new() { OutputFormat = OutputFormat.List };

    /// <summary>Checks a file's content.</summary>
    /// <returns>Everything that is wrong, in the file's order; empty when it is valid.</returns>
    public static IReadOnlyList<PolicyError> Check(JsonNode? policy, SourceMap places)
    {
        using JsonDocument document = JsonDocument.Parse(policy?.ToJsonString() ?? "null");
        EvaluationResults results = _compiled.Evaluate(document.RootElement, _options);
        return results.IsValid
            ? []
            : [.. (results.Details ?? [])
                .Where(detail => detail.Errors is not null)
                .SelectMany(detail => detail.Errors!.SelectMany(error => Explain(detail, error.Key, error.Value, policy, places)))
                .Distinct()
                .OrderBy(error => error.Line)
                .ThenBy(error => error.Column)];
    }

    private static IEnumerable<PolicyError> Explain(
        EvaluationResults detail, string keyword, string message, JsonNode? policy, SourceMap places)
    {
        string at = detail.InstanceLocation.ToString();
        string path = detail.EvaluationPath.ToString();
        JsonNode? rule = Rule(path);
        switch (keyword)
        {
            // Where a schema says additionalProperties: false, the key itself is what fails, against the schema "false".
            case "" when path.EndsWith("/additionalProperties", StringComparison.Ordinal):
                string written = SourceMap.Unescape(at[(at.LastIndexOf('/') + 1)..]);
                JsonObject known = Rule(path[..path.LastIndexOf('/')])!["properties"]!.AsObject();
                yield return places.KeyError(at, $"Unknown key '{written}'", PolicyFix.Nearest(written, known.Select(key => key.Key)));
                break;
            case "required":
                JsonObject present = Find(policy, at)!.AsObject();
                foreach (string missing in Words(rule!["required"]).Where(key => !present.ContainsKey(key)))
                {
                    string fix = $"Add '{missing}:' here{Purpose(rule["properties"]?[missing])}";
                    yield return places.Error(at, $"The key '{missing}' is missing", fix);
                }

                break;
            case "enum":
                string value = $"{Find(policy, at)}";
                yield return places.Error(at, $"'{value}' is not one of the values known here", PolicyFix.Nearest(value, Words(rule!["enum"])));
                break;
            case "type":
                string expected = $"{rule!["type"]}";
                bool unquoted = expected == "string" && Find(policy, at) is JsonValue;
                yield return places.Error(
                    at,
                    $"This should be {WithArticle(expected)}",
                    unquoted ? "Put it in quotes" : $"Write {WithArticle(expected)} here{Purpose(rule)}");
                break;
            case "pattern":
                yield return places.Error(
                    at, $"'{Find(policy, at)}' is not written as it must be", $"Match {rule!["pattern"]}{Purpose(rule)}");
                break;
            default:
                yield return places.Error(at, message.TrimEnd('.'), $"Keep to the schema's '{keyword}'{Purpose(rule)}");
                break;
        }
    }

    private static string Purpose(JsonNode? rule) =>
        rule is JsonObject known && known["description"] is { } description ? $": {$"{description}".TrimEnd('.')}" : "";

    private static string WithArticle(string type) => type switch
    {
        "object" => "a mapping",
        "array" => "a list",
        "integer" => "a whole number",
        "boolean" => "true or false",
        _ => $"a {type}",
    };

    private static IEnumerable<string> Words(JsonNode? list) => list!.AsArray().Select(word => $"{word}");

    /// <summary>Follows an evaluation path, which goes through references, to the part of the schema it ends at.</summary>
    private static JsonNode? Rule(string evaluationPath)
    {
        JsonNode? rule = _schema;
        foreach (string step in Steps(evaluationPath))
        {
            // The evaluator writes "items" twice for one step; what is not there is no step.
            JsonNode? next = rule?[step];
            rule = step == "$ref" ? Find(_schema, $"{next}"[1..]) : next ?? rule;
        }

        return rule;
    }

    private static JsonNode? Find(JsonNode? node, string pointer)
    {
        foreach (string step in Steps(pointer))
        {
            node = node is JsonArray array ? array[int.Parse(step, CultureInfo.InvariantCulture)] : node?[step];
        }

        return node;
    }

    private static IEnumerable<string> Steps(string pointer) => pointer.Split('/').Skip(1).Select(SourceMap.Unescape);

    private static string ReadResource()
    {
        using Stream stream = typeof(PolicySchema).Assembly.GetManifestResourceStream(Resource)!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
