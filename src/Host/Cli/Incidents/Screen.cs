using Spectre.Console;
using Unlearning.Host.Cli.Policies;
using Unlearning.Host.Incidents;
using Unlearning.Host.Incidents.Review;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>Tables on the screen: coloured on a terminal, plain elsewhere.</summary>
internal static class Screen
{
    private const int Longest = 40, Width = 200;

    /// <summary>Writes rows of equally many cells.</summary>
    public static void Table(TextWriter writer, IReadOnlyList<Cell[]> rows)
    {
        if (rows.Count == 0)
            return;
        if (!ReferenceEquals(writer, Console.Out) || Console.IsOutputRedirected)
        {
            AlignedText.Write(writer, [.. rows.Select(row => row.Select(cell => OneLine.Of(cell.Text)).ToArray())]);
            return;
        }

        Grid grid = new();
        foreach (Cell _ in rows[0])
            grid.AddColumn(new GridColumn().PadLeft(0).PadRight(2));
        foreach (Cell[] row in rows)
            grid.AddRow([.. row.Select(cell => new Text(OneLine.Of(cell.Text), new Style(cell.Color)))]);

        // A narrow terminal folds the line; columns that are squeezed would break ids, which are there to be copied.
        IAnsiConsole terminal = AnsiConsole.Create(new AnsiConsoleSettings());
        terminal.Profile.Width = Math.Max(terminal.Profile.Width, Width);
        terminal.Write(grid);
    }

    /// <summary>A status.</summary>
    public static Cell Status(IncidentStatus status) => new(StatusWord.Of(status), status switch
    {
        IncidentStatus.New => Color.Yellow,
        IncidentStatus.Recurred => Color.Red,
        IncidentStatus.Remediated => Color.Green,
        IncidentStatus.Dismissed => Color.Grey,
        _ => null,
    });

    /// <summary>A severity.</summary>
    public static Cell Severity(int severity) => new($"{severity}", severity >= 3 ? Color.Red : null);

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
}
