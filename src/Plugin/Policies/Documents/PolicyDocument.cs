using System.Text.Json.Serialization;

namespace Unlearning.Plugin.Policies.Documents;

/// <summary>A policy file as written; policies/schema/policy.schema.json says what each key means.</summary>
internal sealed record PolicyDocument
{
    [JsonPropertyName("apiVersion")]
    public required string ApiVersion { get; init; }

    public required string Kind { get; init; }

    public required PolicyMetadata Metadata { get; init; }

    public required PolicySpec Spec { get; init; }

    public IReadOnlyList<PolicyTest> Tests { get; init; } = [];
}
