using System.Text.Json.Serialization;

namespace Unlearning.Host.Api.Wire;

/// <summary>One event of a streamed answer.</summary>
internal sealed record ChatCompletionChunk(string Id, long Created, string Model, IReadOnlyList<ChunkChoice> Choices)
{
    public string Object { get; init; } = "chat.completion.chunk";

    /// <summary>The release that answers.</summary>
    public string? SystemFingerprint { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Usage? Usage { get; init; }
}
