namespace Unlearning.Host.Cli.Incidents;

/// <summary>Reads a reviewer's keys: single ones of a terminal, else the first character of each line.</summary>
internal sealed class ReviewKeys
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);

    private readonly TextReader? _lines;
    private string _rest = "";

    private ReviewKeys(TextReader? lines) => _lines = lines;

    /// <summary>The keys of an input; the console's when null.</summary>
    public static ReviewKeys Of(TextReader? input) => new(input ?? (Console.IsInputRedirected ? Console.In : null));

    /// <summary>The next key; null at the end of the input.</summary>
    public async Task<char?> NextAsync(CancellationToken cancellationToken)
    {
        if (_lines is null)
        {
            // Waiting in the read itself would not end with an interrupt.
            while (!Console.KeyAvailable)
                await Task.Delay(_pause, cancellationToken).ConfigureAwait(false);
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
            line = (await _lines.ReadLineAsync(cancellationToken).ConfigureAwait(false))?.Trim();
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
