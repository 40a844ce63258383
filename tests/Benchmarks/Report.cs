using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Unlearning.Benchmarks;

/// <summary>The rows with their figures, as a table for people and as JSON.</summary>
internal static class Report
{
    private static readonly string[] Headings = ["name", "value", "unit", "peer", "to reach", "verdict", "note"];
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The table in plain text.</summary>
    public static string Table(IReadOnlyList<(Row Row, Figure Figure)> results)
    {
        string[][] cells = Cells(results);
        int[] widths = [.. Headings.Select((_, column) => cells.Max(line => line[column].Length))];
        StringBuilder text = new();
        foreach (string[] line in cells)
            text.AppendLine(string.Join("  ", line.Select((cell, column) => column == 1 ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd());
        return text.ToString();
    }

    /// <summary>The same table in Markdown.</summary>
    public static string Markdown(IReadOnlyList<(Row Row, Figure Figure)> results)
    {
        string[][] cells = Cells(results);
        StringBuilder text = new();
        text.Append("| ").AppendJoin(" | ", cells[0]).Append(" |\n| --- | ---: | --- | --- | --- | --- | --- |\n");
        foreach (string[] line in cells.Skip(1))
            text.Append("| ").AppendJoin(" | ", line).Append(" |\n");
        return text.ToString();
    }

    /// <summary>A list of {name, value, unit, peer}; value and peer are numbers in the unit, or null where there is none.</summary>
    public static string Json(IReadOnlyList<(Row Row, Figure Figure)> results) => new JsonArray([.. results.Select(result => new JsonObject
    {
        ["name"] = result.Row.Name,
        ["value"] = result.Figure.Value,
        ["unit"] = result.Figure.Scaled ? $"{result.Row.Unit} ({result.Figure.Note})" : result.Row.Unit,
        ["peer"] = result.Row.Peer,
    })]).ToJsonString(Indented);

    private static string[][] Cells(IReadOnlyList<(Row Row, Figure Figure)> results) =>
    [
        Headings,
        .. results.Select(result => new[]
        {
            result.Row.Name,
            Number(result.Figure.Value),
            result.Row.Unit,
            $"{(result.Row.Peer is null ? "" : Number(result.Row.Peer) + " ")}{result.Row.PeerNote}",
            result.Row.Goal?.ToString() ?? "",
            Verdict(result.Row, result.Figure),
            result.Figure.Note,
        }),
    ];

    private static string Verdict(Row row, Figure figure) => (row.Goal, figure.Value) switch
    {
        (null, _) or (_, null) => "",
        _ when figure.Scaled => "scaled",
        (Goal goal, double value) => goal.IsMetBy(value) ? "met" : "not met",
    };

    private static string Number(double? value) => value switch
    {
        null => "-",
        >= 100 => value.Value.ToString("#,0", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("0.00", CultureInfo.InvariantCulture),
    };
}
