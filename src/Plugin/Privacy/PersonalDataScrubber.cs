using System.Text;
using System.Text.RegularExpressions;
using Unlearning.Plugin.Privacy.NationalIds;

namespace Unlearning.Plugin.Privacy;

/// <summary>
/// Replaces personal data and secrets in text by placeholders such as <c>[email]</c>, before the text is fingerprinted, stored, sent or
/// learnt from. Scrubbing scrubbed text changes nothing. It errs towards removing: a placeholder costs little. Immutable, thread safe.
/// </summary>
public sealed partial class PersonalDataScrubber
{
    // The order matters: each kind is looked for before a looser one could take a part of it.
    private static readonly Scrubber[] _always =
    [
        new SecretScrubber(),
        new EmailScrubber(),
        new IbanScrubber(),
        .. NationalId.Distinctive,
        new CardScrubber(),
        new IpAddressScrubber(),
        .. NationalId.Announced,
        new PhoneScrubber(),
    ];

    // What linear matching takes in one pattern, with room for long names.
    private const int NamesAtOnce = 50;

    // Two do, but for texts made to need more.
    private const int MostPasses = 12;

    private readonly Scrubber[] _scrubbers;

    /// <summary>Makes a scrubber.</summary>
    /// <param name="names">Names to replace by <c>[name]</c>, as whole words, whatever their case.</param>
    /// <exception cref="ArgumentException">A name has no letter or digit.</exception>
    public PersonalDataScrubber(IEnumerable<string> names)
    {
        string[] listed = [.. names];
        if (Array.Find(listed, name => !name.Any(char.IsLetterOrDigit)) is not null)
            throw new ArgumentException("A name to replace has no letter or digit.", nameof(names));
        _scrubbers = listed.Length == 0 ? _always : [.. _always, .. listed.Chunk(NamesAtOnce).Select(some => new NameScrubber(some))];
    }

    /// <summary>Gets the scrubber that knows no names.</summary>
    public static PersonalDataScrubber Default { get; } = new([]);

    /// <summary>Replaces what is found.</summary>
    /// <param name="text">Any text, broken Unicode included.</param>
    /// <returns>The text with placeholders; the same instance when there is nothing to replace.</returns>
    public string Scrub(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        FoldedText folded = new(text);
        List<(int Start, int End, string Placeholder)> replaced = [];
        List<(int Start, int Length)> found = [];
        foreach (ValueMatch placeholder in Placeholder().EnumerateMatches(folded.Span))
            found.Add((placeholder.Index, placeholder.Length));
        foreach ((int start, int length) in found)
            folded.Take(start, length);

        // What one scrubber takes may uncover something for another, which a second scrubbing would find: seek until nothing is left.
        for (int pass = 0, before = -1; before != replaced.Count && pass < MostPasses; pass++)
        {
            before = replaced.Count;
            foreach (Scrubber scrubber in _scrubbers)
            {
                found.Clear();
                scrubber.Find(folded.Span, found);
                foreach ((int start, int length) in found)
                {
                    (int from, int to) = folded.Take(start, length);
                    replaced.Add((from, to, scrubber.Placeholder));
                }
            }
        }

        return replaced.Count == 0 ? text : Write(text, replaced);
    }

    private static string Write(string text, List<(int Start, int End, string Placeholder)> replaced)
    {
        replaced.Sort((left, right) => left.Start.CompareTo(right.Start));
        StringBuilder scrubbed = new(text.Length);
        int copied = 0;
        foreach ((int start, int end, string placeholder) in replaced)
        {
            scrubbed.Append(text, copied, start - copied).Append(placeholder);
            copied = end;
        }

        return scrubbed.Append(text, copied, text.Length - copied).ToString();
    }

    [GeneratedRegex(@"\[(?:secret|email|iban|national-id|card|ip|phone|name)\]", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
