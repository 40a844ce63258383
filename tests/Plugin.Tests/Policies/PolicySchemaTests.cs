using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Unlearning.Plugin.Policies.Loading;

namespace Unlearning.Plugin.Tests.Policies;

/// <summary>The schema as editors use it: alone, without the compiler that finds the rest.</summary>
public sealed class PolicySchemaTests
{
    private static readonly JsonObject _root = Read();
    private static readonly JsonSchema _schema = JsonSchema.FromText(_root.ToJsonString());

    private static readonly string _shipped = File.ReadAllText(Path.Combine(Repository.Policies, "self-harm.yaml"));

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Repository.Policies, "*.yaml").Select(path => Path.GetFileName(path))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_shipped_policy_fits(string file) => Assert.True(Fits(File.ReadAllText(Path.Combine(Repository.Policies, file))));

    [Theory]
    [InlineData("apiVersion: safety.remediate/v1", "apiVersion: v1")]
    [InlineData("apiVersion: safety.remediate/v1", "apiversion: safety.remediate/v1")]
    [InlineData("kind: Policy", "kind: policy")]
    [InlineData("name: self-harm\n", "name: Self harm\n")]
    [InlineData("version: 1.1.0", "version: 1.0")]
    [InlineData("version: 1.1.0", "version: v1.0.0")]
    [InlineData("canonical: ailuminate:ssh", "canonical: ssh")]
    [InlineData("to: [prompt, response]", "to: []")]
    [InlineData("to: [prompt, response]", "to: prompt")]
    [InlineData("to: [prompt, response]", "to: [prompt, answer]")]
    [InlineData("to: [prompt, response]", "to: [prompt, prompt]")]
    [InlineData("any_of:", "any:")]
    [InlineData("- name: suicide", "- name: Suicide")]
    [InlineData("threshold: 0.5", "threshold: 50")]
    [InlineData("threshold: 0.5", "threshold: high")]
    [InlineData("threshold: 0.5", "treshold: 0.5")]
    [InlineData("default: 3", "default: severe")]
    [InlineData("default: 3", "default: 5")]
    [InlineData("set: 2}", "set: -1}")]
    [InlineData("mode: observe", "mode: block")]
    [InlineData("severity_lte: 3", "severity_gte: 3")]
    [InlineData("  severity:\n    default: 3\n", "  severity:\n")]
    [InlineData("enabled: true", "enabled: yes")]
    [InlineData("refusal_text: >-", "refusal: >-")]
    [InlineData("expect: {prompt: false}", "expect: {}")]
    [InlineData("expect: {prompt: false}", "expect: {match: false}")]
    [InlineData("    prompt: What is suicide?", "    input: What is suicide?")]
    public void A_typical_mistake_does_not_fit(string right, string wrong)
    {
        Assert.Contains(right, _shipped, StringComparison.Ordinal);
        Assert.False(Fits(_shipped.Replace(right, wrong, StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_key_is_described() =>
        Assert.Empty(Keys().Where(key => (string?)key.Rule["description"] is not { Length: > 0 }).Select(key => key.Path));

    [Fact]
    public void Every_value_that_is_written_by_hand_has_an_example_a_default_or_its_choices()
    {
        string[] kinds = ["string", "array", "number", "integer"];
        Assert.Empty(Keys()
            .Where(key => kinds.Contains((string?)key.Rule["type"]) && key.Rule["examples"] is null && key.Rule["default"] is null && key.Rule["enum"] is null)
            .Select(key => key.Path));
    }

    [Fact]
    public void Every_example_and_every_default_fits_where_it_stands() =>
        Assert.All(
            Keys().SelectMany(key => Values(key.Rule).Select(value => (key.Path, key.Rule, value))),
            example =>
            {
                JsonObject alone = example.Rule.DeepClone().AsObject();
                alone["$defs"] = _root["$defs"]!.DeepClone();
                using JsonDocument value = JsonDocument.Parse(example.value.ToJsonString());
                Assert.True(JsonSchema.FromText(alone.ToJsonString()).Evaluate(value.RootElement).IsValid, $"{example.Path}: {example.value.ToJsonString()}");
            });

    // Without its id, under which the loader has registered it already.
    private static JsonObject Read()
    {
        JsonObject schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Policies, "schema", "policy.schema.json")))!.AsObject();
        schema.Remove("$id");
        return schema;
    }

    private static IEnumerable<JsonNode> Values(JsonObject rule) =>
        [.. rule["default"] is { } byDefault ? (JsonNode[])[byDefault] : [], .. (rule["examples"]?.AsArray() ?? []).OfType<JsonNode>()];

    // What is enforced and how is described where it is decided: its block is left out, its keys are not.
    private static IEnumerable<(string Path, JsonObject Rule)> Keys() =>
        Below("", _root).Concat(_root["$defs"]!.AsObject().SelectMany(part => Below($"{part.Key}:", part.Value!.AsObject())))
            .Where(key => key.Path != "spec:/enforcement");

    private static IEnumerable<(string Path, JsonObject Rule)> Below(string path, JsonObject rule) =>
    [
        .. (rule["properties"]?.AsObject() ?? []).SelectMany(key =>
            ((string, JsonObject)[])[($"{path}/{key.Key}", key.Value!.AsObject()), .. Below($"{path}/{key.Key}", key.Value!.AsObject())]),
        .. rule["items"] is JsonObject items ? Below($"{path}/*", items) : [],
    ];

    private static bool Fits(string yaml)
    {
        JsonNode? content = YamlReader.Read(yaml, new SourceMap("a.yaml"), out PolicyError? malformed);
        Assert.Null(malformed);
        using JsonDocument document = JsonDocument.Parse(content!.ToJsonString());
        return _schema.Evaluate(document.RootElement).IsValid;
    }
}
