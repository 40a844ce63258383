namespace Unlearning.Host.Cli.Incidents;

/// <summary>Reads a reviewer's keys: single ones of a terminal, else the first character of each line.</summary>
internal sealed class ReviewKeys
{
    private readonly TextReader? _lines;
    private string _rest = "";

    private ReviewKeys(TextReader? lines) => _lines = lines;

    /// <summary>The keys of an input; the console's when null.</summary>
    public static ReviewKeys Of(TextReader? input) => new(input ?? (Console.IsInputRedirected ? Console.In : null));

    /// <summary>The next key; null at the end of the input.</summary>
    public char? Next()
    {
        if (_lines is null)
        {
            ConsoleKeyInfo key = Console.ReadKey(intercept: true);
            return key.Key switch
            {
                ConsoleKey.RightArrow or ConsoleKey.DownArrow or ConsoleKey.Spacebar => 'n',
                ConsoleKey.LeftArrow or ConsoleKey.UpArrow => 'p',
                ConsoleKey.Escape => 'q',
                _ => char.ToLowerInvariant(key.KeyChar),
            };
        }

        string? line;
        do
        {
            line = _lines.ReadLine()?.Trim();
            if (line is null)
                return null;
        }
        while (line.Length == 0);

        _rest = line[1..].Trim();
        return char.ToLowerInvariant(line[0]);
    }

    /// <summary>A line of words: what followed the key on its line, else the next line; null at the end of the input.</summary>
    public string? Words()
    {
        if (_rest.Length == 0)
            return (_lines ?? Console.In).ReadLine();
        string words = _rest;
        _rest = "";
        return words;
    }
}
