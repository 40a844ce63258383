using System.Text.RegularExpressions;

namespace Unlearning.Host.Releases.Journal;

/// <summary>How far the journal is read.</summary>
/// <param name="Whole">Bytes of whole lines.</param>
/// <param name="History">What they say.</param>
internal sealed record JournalReading(long Whole, JournalHistory History)
{
    /// <summary>Nothing is read yet.</summary>
    public static JournalReading Nothing { get; } = new(0, new JournalHistory([], 0));

    /// <summary>Reads on.</summary>
    /// <param name="lines">The lines that come next.</param>
    /// <param name="bytes">How many bytes of them are not read again.</param>
    /// <param name="parse">Reads a line; null when it is no entry.</param>
    /// <param name="ids">Finds release ids in one that is none.</param>
    public JournalReading With(string lines, int bytes, Func<string, JournalEntry?> parse, Regex ids)
    {
        List<JournalEntry> entries = [];
        HashSet<string> named = [];
        int damaged = 0;
        foreach (string line in lines.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0))
        {
            if (parse(line) is { } entry)
            {
                entries.Add(entry);
            }
            else
            {
                damaged++;
                named.UnionWith(ids.Matches(line).Select(match => match.Value));
            }
        }

        return entries.Count + damaged == 0
            ? this with { Whole = Whole + bytes }
            : new JournalReading(
                Whole + bytes,
                new JournalHistory([.. History.Entries, .. entries], History.DamagedLines + damaged)
                {
                    NamedInDamage = new HashSet<string>([.. History.NamedInDamage, .. named], StringComparer.Ordinal),
                });
    }
}
