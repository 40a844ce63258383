using System.Text.Json;
using System.Text.Json.Serialization;

namespace Unlearning.Host.Releases;

/// <summary>
/// <c>manifest.json</c> of a release: what serving needs to know, and beside it everything the run recorded to be reproduced.
/// It is part of what the release id hashes, so it holds nothing that differs between equal runs, such as the time.
/// </summary>
public sealed record ReleaseManifest
{
    /// <summary>The id of the run that made the release.</summary>
    public required string RunId { get; init; }

    /// <summary>The base model's name.</summary>
    public required string BaseModel { get; init; }

    /// <summary>SHA-256 of the base model's weights, in hex. The release serves on no other base.</summary>
    public required string BaseModelHash { get; init; }

    /// <summary>The release the run started from; <see cref="Release.BaseId"/> for the unmodified model.</summary>
    public required string Parent { get; init; }

    /// <summary>The verdict over all gates: "pass", "fail" or "inconclusive". Only "pass" may go live.</summary>
    public required string Verdict { get; init; }

    /// <summary>Everything else that decides the result: data hashes, settings, seeds, versions, device. Hashes, never text.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement> Details { get; init; } = new Dictionary<string, JsonElement>();
}
