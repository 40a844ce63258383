using Spectre.Console;

namespace Unlearning.Host.Cli.Terminal;

/// <summary>What verbs show to people: coloured on a terminal, plain elsewhere.</summary>
internal static class Screen
{
    private const int Longest = 40, Width = 200;

    /// <summary>Writes rows of equally many cells, in aligned columns.</summary>
    public static void Table(TextWriter writer, IReadOnlyList<Cell[]> rows)
    {
        if (rows.Count == 0)
            return;
        Grid grid = new();
        foreach (Cell _ in rows[0])
            grid.AddColumn(new GridColumn().PadLeft(0).PadRight(2));
        foreach (Cell[] row in rows)
            grid.AddRow([.. row.Select(cell => new Text(OneLine.Of(cell.Text), new Style(cell.Color)))]);
        if (ReferenceEquals(writer, Console.Out) && !Console.IsOutputRedirected)
        {
            // A narrow terminal folds the line; columns that are squeezed would break ids, which are there to be copied.
            IAnsiConsole terminal = AnsiConsole.Create(new AnsiConsoleSettings());
            terminal.Profile.Width = Math.Max(terminal.Profile.Width, Width);
            terminal.Write(grid);
            return;
        }

        foreach (string line in Plain(grid).TrimEnd().Split('\n'))
            writer.WriteLine(line.TrimEnd());
    }

    /// <summary>A name from a policy or an app, which may be longer than a column.</summary>
    public static Cell Name(string name) => new(name.Length > Longest ? $"{name[..(Longest - 3)]}..." : name);

    /// <summary>An instant, in UTC and to the minute.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Text of people on lines of its own, without what could steer the terminal.</summary>
    public static void Text(TextWriter writer, string text)
    {
        foreach (string line in text.ReplaceLineEndings("\n").Split('\n'))
            writer.WriteLine($"  {string.Concat(line.Select(c => char.IsControl(c) ? ' ' : c))}");
    }

    private static string Plain(Grid grid)
    {
        using StringWriter text = new();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = Width;
        console.Write(grid);
        return text.ToString();
    }
}
