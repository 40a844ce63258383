using System.Text.Json.Serialization;

namespace Unlearning.Host.Api.Wire;

/// <summary>The whole answer in one body.</summary>
internal sealed record ChatCompletion(string Id, long Created, string Model, IReadOnlyList<Choice> Choices)
{
    public string Object { get; init; } = "chat.completion";

    /// <summary>The release that answered.</summary>
    public string? SystemFingerprint { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Usage? Usage { get; init; }
}
