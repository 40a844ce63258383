using System.Text.Json;
using System.Text.Json.Nodes;
using Unlearning.Plugin.Policies.Documents;

namespace Unlearning.Plugin.Policies.Loading;

/// <summary>Reads one policy file: YAML, then the schema, then what a schema cannot say.</summary>
internal static class PolicyLoader
{
    private static readonly JsonSerializerOptions _json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Loads a file's content.</summary>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="text">Its content.</param>
    /// <returns>The policy, or null with what is wrong, in the file's order.</returns>
    public static (Policy? Policy, IReadOnlyList<PolicyError> Errors) Load(string file, string text)
    {
        SourceMap places = new(file);
        JsonNode? content = YamlReader.Read(text, places, out PolicyError? malformed);
        if (malformed is not null)
        {
            return (null, [malformed]);
        }

        IReadOnlyList<PolicyError> errors = PolicySchema.Check(content, places);
        if (errors.Count > 0)
        {
            return (null, errors);
        }

        PolicyCompiler compiler = new(places);
        Policy policy = compiler.Compile(content.Deserialize<PolicyDocument>(_json)!);
        return compiler.Errors.Count > 0 ? (null, compiler.Errors) : (policy, []);
    }
}
