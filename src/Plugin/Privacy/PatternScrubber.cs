using System.Text.RegularExpressions;

namespace Unlearning.Plugin.Privacy;

/// <summary>Finds what a pattern matches and a check confirms.</summary>
/// <param name="placeholder">What takes its place.</param>
/// <param name="pattern">Has no unbounded backtracking.</param>
internal abstract class PatternScrubber(string placeholder, Regex pattern) : Scrubber(placeholder)
{
    // Words announce a number on the same line, shortly before it.
    private const int Announcement = 40;

    /// <inheritdoc/>
    public sealed override void Find(ReadOnlySpan<char> text, List<(int Start, int Length)> found)
    {
        int end = 0;
        foreach (ValueMatch match in pattern.EnumerateMatches(text))
        {
            if (match.Index >= end && Confirm(text, match.Index, match.Length) is { Length: > 0 } part)
            {
                found.Add(part);
                end = part.Start + part.Length;
            }
        }
    }

    /// <summary>Decides about a match.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="start">Where the match begins.</param>
    /// <param name="length">How long it is.</param>
    /// <returns>The part to replace, which begins in the match and may end after it; an empty one for none.</returns>
    protected virtual (int Start, int Length) Confirm(ReadOnlySpan<char> text, int start, int length) =>
        IsValid(text.Slice(start, length)) ? (start, length) : default;

    /// <summary>Decides about a match by itself.</summary>
    protected virtual bool IsValid(ReadOnlySpan<char> match) => true;

    /// <summary>Whether one of the words stands shortly before a place, on the same line, with nothing that was found in between.</summary>
    protected static bool IsAnnounced(ReadOnlySpan<char> text, int start, params ReadOnlySpan<string> words)
    {
        ReadOnlySpan<char> before = text[Math.Max(0, start - Announcement)..start];
        before = before[(before.LastIndexOfAny(FoldedText.Blot, '\n') + 1)..];
        foreach (string word in words)
        {
            int at = before.LastIndexOf(word, StringComparison.OrdinalIgnoreCase), end = at + word.Length;
            if (at >= 0 && (at == 0 || !char.IsLetter(before[at - 1])) && (end == before.Length || !char.IsLetter(before[end])))
                return true;
        }

        return false;
    }
}
