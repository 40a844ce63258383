namespace Unlearning.Plugin.Privacy;

/// <summary>Finds one kind of personal data; immutable and thread safe.</summary>
/// <param name="placeholder">What takes its place, such as <c>[email]</c>.</param>
internal abstract class Scrubber(string placeholder)
{
    /// <summary>Gets what takes the place of what is found.</summary>
    public string Placeholder { get; } = placeholder;

    /// <summary>Finds the kind in a text, in time linear in its length.</summary>
    /// <param name="text">A <see cref="FoldedText"/>'s characters.</param>
    /// <param name="found">Gains the parts, in order and without overlap.</param>
    public abstract void Find(ReadOnlySpan<char> text, List<(int Start, int Length)> found);
}
