using System.Text.Json.Serialization;

namespace Unlearning.Host.Api.Wire;

/// <summary>What a chunk adds to the answer; empty in the last one.</summary>
internal sealed record Delta(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Role = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Content = null);
