namespace Unlearning.Host.Api;

/// <summary>
/// The id of an answer, made of the id of the interaction that it is captured under, so that an app which captures the same answer does
/// not make two of one.
/// </summary>
internal static class CompletionId
{
    private const string Prefix = "chatcmpl-";

    /// <summary>Makes the id of an answer.</summary>
    public static string Of(string interactionId) => Prefix + interactionId;

    /// <summary>Finds the interaction in an answer's id, or null where another server gave it.</summary>
    public static string? InteractionOf(string? responseId) =>
        responseId is not null && responseId.StartsWith(Prefix, StringComparison.Ordinal) && Guid.TryParseExact(responseId[Prefix.Length..], "N", out _)
            ? responseId[Prefix.Length..]
            : null;
}
