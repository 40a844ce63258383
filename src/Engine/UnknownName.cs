namespace Unlearning.Engine;

/// <summary>The one message for a name in the configuration that means nothing: it lists what does, nearest first.</summary>
internal static class UnknownName
{
    /// <param name="what">What the name was to choose, e.g. <c>direction</c>.</param>
    /// <param name="name">The name as it was given.</param>
    /// <param name="known">The names that exist.</param>
    public static ArgumentException Of(string what, string name, IEnumerable<string> known)
    {
        string[] byDistance = [.. known.OrderBy(k => Distance(name, k)).ThenBy(k => k, StringComparer.Ordinal)];
        return new ArgumentException(
            $"There is no {what} named '{name}'. Did you mean '{byDistance[0]}'? Known: {string.Join(", ", byDistance)}.", nameof(name));
    }

    /// <summary>Levenshtein distance, letter case ignored.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substituted = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
