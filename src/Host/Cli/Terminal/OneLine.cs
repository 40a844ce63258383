namespace Unlearning.Host.Cli.Terminal;

/// <summary>Text for one line of a terminal, which must not be steered by what is in it.</summary>
internal static class OneLine
{
    private const int Longest = 160;

    /// <summary>Shortens a text and turns line ends and control characters into spaces.</summary>
    public static string Of(string text)
    {
        string line = string.Concat((text.Length > Longest ? text[..Longest] : text).Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));
        return text.Length > Longest ? $"{line}..." : line;
    }
}
