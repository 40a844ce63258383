namespace Unlearning.Host.Cli.Terminal;

/// <summary>Text for one line of a terminal, which must not be steered by what is in it.</summary>
internal static class OneLine
{
    private const int Longest = 160;

    /// <summary>Shortens a text and turns line ends and control characters into spaces.</summary>
    public static string Of(string text) => text.Length > Longest ? $"{Whole(text[..Longest])}..." : Whole(text);

    /// <summary>Turns line ends and control characters into spaces, and leaves out nothing: for what explains a decision or a fix.</summary>
    public static string Whole(string text) => string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));
}
