namespace Unlearning.Host.Incidents.Review;

/// <summary>A status as people and programs read and write it: in lower case.</summary>
internal static class StatusWord
{
    /// <summary>The word.</summary>
#pragma warning disable CA1308 // Shown, not compared.
    public static string Of(IncidentStatus status) => status.ToString().ToLowerInvariant();
#pragma warning restore CA1308

    /// <summary>All words, in the order of the statuses.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<IncidentStatus>().Select(Of)];

    /// <summary>The status of a word.</summary>
    /// <exception cref="ReviewException">It is none.</exception>
    public static IncidentStatus Parse(string word) => All.Contains(word, StringComparer.OrdinalIgnoreCase)
        ? Enum.Parse<IncidentStatus>(word, ignoreCase: true)
        : throw new ReviewException($"'{word}' is no status. Write one of {string.Join(", ", All)}.", field: "status");
}
