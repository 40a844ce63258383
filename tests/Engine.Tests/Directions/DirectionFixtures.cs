using System.Text.Json;

namespace Unlearning.Engine.Tests.Directions;

/// <summary>The 94 gradient matrices with exact directions (format in the fixtures' GOLDEN.md).</summary>
public static class DirectionFixtures
{
    private static readonly Lazy<JsonElement[]> All = new(Read);

    /// <summary>Names of the cases for which a direction is expected; one null where the file is absent, so that the skip is visible.</summary>
    public static TheoryData<string?> Regular => Names("ok");

    /// <summary>Names of the cases that must be refused.</summary>
    public static TheoryData<string?> Refused => Names("error");

    /// <summary>The case of that name; skips the test for null.</summary>
    public static JsonElement Case(string? name)
    {
        Skip.If(name is null, "The fixture directions/cases.json is absent.");
        return All.Value.Single(c => c.GetProperty("name").GetString() == name);
    }

    public static double[] Vector(this JsonElement element) => [.. element.EnumerateArray().Select(Number)];

    public static double[][] Rows(this JsonElement element) => [.. element.EnumerateArray().Select(Vector)];

    /// <summary>J J^T of rows summed in float64, as the trainer has it: not the exactly rounded matrix of the file.</summary>
    public static double[,] Gram(double[][] rows)
    {
        double[,] gram = new double[rows.Length, rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            for (int j = 0; j < rows.Length; j++)
                gram[i, j] = rows[i].Zip(rows[j], (x, y) => x * y).Sum();
        }

        return gram;
    }

    /// <summary>J^T w.</summary>
    public static double[] Combine(double[][] rows, double[] weights) =>
        [.. Enumerable.Range(0, rows[0].Length).Select(c => rows.Zip(weights, (row, w) => row[c] * w).Sum())];

    public static double Norm(double[] v) => Math.Sqrt(v.Sum(x => x * x));

    public static double Distance(double[] a, double[] b) => Norm([.. a.Zip(b, (x, y) => x - y)]);

    private static double Number(JsonElement element) => element.ValueKind == JsonValueKind.Number
        ? element.GetDouble()
        : element.GetString() switch
        {
            "nan" => double.NaN,
            "inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            string other => throw new FormatException($"'{other}' is no number."),
            null => double.NaN,
        };

    private static TheoryData<string?> Names(string expected)
    {
        TheoryData<string?> names = [];
        foreach (JsonElement c in All.Value.Where(c => c.GetProperty("expected").GetString() == expected))
            names.Add(c.GetProperty("name").GetString());
        if (names.Count == 0)
            names.Add((string?)null);
        return names;
    }

    private static JsonElement[] Read() =>
        Open("directions", "cases.json") is JsonElement root ? [.. root.GetProperty("cases").EnumerateArray()] : [];

    /// <summary>A fixture of the folder in UNLEARNING_FIXTURES, else of the project's copies; null where it is absent.</summary>
    internal static JsonElement? Open(params string[] relative)
    {
        string? folder = Environment.GetEnvironmentVariable("UNLEARNING_FIXTURES");
        if (string.IsNullOrEmpty(folder))
            folder = Path.Combine(AppContext.BaseDirectory, "Fixtures");
        string path = Path.Combine([folder, .. relative]);
        if (!File.Exists(path))
            return null;
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        return document.RootElement.Clone();
    }
}
