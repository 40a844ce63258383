using Spectre.Console;

namespace Unlearning.Host.Cli.Policies;

/// <summary>Rows in aligned columns, as plain text.</summary>
internal static class AlignedText
{
    private const int Width = 200;

    /// <summary>Writes rows of equally many cells.</summary>
    public static void Write(TextWriter writer, IReadOnlyList<string[]> rows)
    {
        if (rows.Count == 0)
            return;
        using StringWriter text = new();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = Width;
        Grid grid = new();
        foreach (string _ in rows[0])
            grid.AddColumn(new GridColumn().PadLeft(0).PadRight(2));
        foreach (string[] row in rows)
            grid.AddRow([.. row.Select(cell => new Text(cell))]);
        console.Write(grid);
        foreach (string line in text.ToString().TrimEnd().Split('\n'))
            writer.WriteLine(line.TrimEnd());
    }
}
