using Unlearning.Plugin.Serving;

namespace Unlearning.Plugin.Capture;

/// <summary>Reads what an answer says of where it comes from.</summary>
internal static class AnsweredBy
{
    // The name that OpenAI's clients give the field in which a Host puts its release.
    private const string Fingerprint = "SystemFingerprint";

    /// <summary>Gets the release in an answer's properties or metadata: a slot's own mark, else what came over HTTP.</summary>
    public static string? Release(IEnumerable<KeyValuePair<string, object?>>? properties)
    {
        string? fingerprint = null;
        foreach ((string key, object? value) in properties ?? [])
        {
            if (key == ModelSlot.ReleaseKey && value is string release)
            {
                return release;
            }

            fingerprint = key == Fingerprint ? value as string : fingerprint;
        }

        return string.IsNullOrEmpty(fingerprint) ? null : fingerprint;
    }

    /// <summary>Gets the release in a client library's own answer, whose type is not known here.</summary>
    public static string? Release(object? raw) =>
        raw?.GetType().GetProperty(Fingerprint)?.GetValue(raw) is string { Length: > 0 } fingerprint ? fingerprint : null;

    /// <summary>Gets the id in a chat completion service's metadata.</summary>
    public static string? ResponseId(IReadOnlyDictionary<string, object?>? metadata) =>
        metadata?.GetValueOrDefault("Id") as string ?? metadata?.GetValueOrDefault("CompletionId") as string;
}
