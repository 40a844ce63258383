using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Unlearning.Plugin.Policies.Documents;

namespace Unlearning.Plugin.Policies.Loading;

/// <summary>Reads one policy file: YAML, then the schema, then what a schema cannot say.</summary>
internal static class PolicyLoader
{
    private static readonly JsonSerializerOptions _json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Loads a file's content.</summary>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="text">Its content.</param>
    /// <returns>The policy, or null with what is wrong, in the file's order.</returns>
    public static (Policy? Policy, IReadOnlyList<PolicyError> Errors) Load(string file, string text)
    {
        LoadedPolicy loaded = Read(file, text);
        return (loaded.Policy, loaded.Errors);
    }

    /// <summary>Loads a file's content together with what it was made of.</summary>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="text">Its content.</param>
    public static LoadedPolicy Read(string file, string text)
    {
        SourceMap places = new(file);
        JsonNode? content = YamlReader.Read(text, places, out PolicyError? malformed);
        if (malformed is not null)
        {
            return new LoadedPolicy(places, null, null, [malformed]);
        }

        IReadOnlyList<PolicyError> errors = PolicySchema.Check(content, places);
        if (errors.Count > 0)
        {
            return new LoadedPolicy(places, null, null, errors);
        }

        PolicyCompiler compiler = new(places);
        PolicyDocument document = content.Deserialize<PolicyDocument>(_json)!;
        Policy policy = compiler.Compile(document);
        return new LoadedPolicy(places, document, compiler.Errors.Count > 0 ? null : policy, compiler.Errors);
    }

    /// <summary>Gives a document as JSON with its keys written as in a file, defaults included and nulls left out.</summary>
    public static JsonNode ToJson(PolicyDocument document) => JsonSerializer.SerializeToNode(document, _json)!;
}
