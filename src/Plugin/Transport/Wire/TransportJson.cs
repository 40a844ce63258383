using System.Text.Json.Serialization;

namespace Unlearning.Plugin.Transport.Wire;

/// <summary>How records and results are written; snake case, and nothing for what is absent.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IncidentRecord))]
[JsonSerializable(typeof(IncidentResults))]
[JsonSerializable(typeof(RejectedRecord))]
[JsonSerializable(typeof(string))]
internal sealed partial class TransportJson : JsonSerializerContext;
