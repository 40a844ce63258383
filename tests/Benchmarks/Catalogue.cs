using System.Text.RegularExpressions;
using Unlearning.Benchmarks.Rows;

namespace Unlearning.Benchmarks;

/// <summary>Every row there is.</summary>
internal static class Catalogue
{
    /// <summary>In the order of the table.</summary>
    public static IReadOnlyList<IBenchmark> Benchmarks { get; } =
        [
            new MachineLimits(), new TrainingStep(), new StepMemory(), new Decoding(), new ChatWhileTraining(), new Loading(), new Llama8B(), new OnADevice(),
            new CapturedCalls(), new IncidentStorage(), new IncidentReading(), new ModelSwaps(), new MixedLoad(),
        ];

    /// <summary>All rows, in the order of the table.</summary>
    public static IReadOnlyList<Row> Rows { get; } = [.. Benchmarks.SelectMany(benchmark => benchmark.Rows)];

    /// <summary>Rows whose name fits one of the comma-separated names or wildcards; without a filter, those that are not on request.</summary>
    /// <exception cref="ArgumentException">A part of the filter fits no row.</exception>
    public static IReadOnlyList<Row> Choose(string? filter)
    {
        if (filter is null)
            return [.. Rows.Where(row => !row.OnRequest)];

        HashSet<Row> chosen = [];
        foreach (string part in filter.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            Regex pattern = new("^" + Regex.Escape(part).Replace("\\*", ".*", StringComparison.Ordinal) + "$", RegexOptions.IgnoreCase);
            Row[] fitting = [.. Rows.Where(row => pattern.IsMatch(row.Name))];
            if (fitting.Length == 0)
                throw new ArgumentException($"--filter: no row is named '{part}'. See --list for the names.");
            chosen.UnionWith(fitting);
        }

        return [.. Rows.Where(chosen.Contains)];
    }
}
