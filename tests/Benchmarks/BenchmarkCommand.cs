using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Unlearning.Engine;

namespace Unlearning.Benchmarks;

/// <summary>The command line.</summary>
internal static class BenchmarkCommand
{
    private const string Description = """
        Measures the engine beside its limits and its peers, all in one process. Prints a table; 8B rows run only when --filter names them.

        Examples:
          Benchmarks --json results.json
          Benchmarks --filter "decode*,prefill128_over_llamacpp"
          Benchmarks --filter "llama8b_*" --layers 4
          Benchmarks --filter "device_*" --device cuda:0
        """;

    /// <summary>The root command.</summary>
    public static RootCommand Create()
    {
        Option<string?> filter = new("--filter") { Description = "Names of rows, separated by commas; * stands for anything." };
        Option<FileInfo?> json = new("--json") { Description = "Writes a list of {name, value, unit, peer} to this file." };
        Option<FileInfo?> markdown = new("--markdown") { Description = "Writes the table in Markdown to this file." };
        Option<bool> list = new("--list") { Description = "Prints the names and meanings of all rows and measures nothing." };
        Option<int> layers = new("--layers") { Description = "Decoder layers of the 8B shape; fewer for smaller machines.", DefaultValueFactory = _ => RandomLlama.FullDepth };
        Option<int> threads = new("--threads") { Description = "Threads of torch and of llama.cpp.", DefaultValueFactory = _ => Environment.ProcessorCount };
        Option<DirectoryInfo> cache = new("--cache") { Description = "Folder for the random 8B weights (16 GB and 5 GB).", DefaultValueFactory = _ => new DirectoryInfo(DefaultCache()) };
        Option<string> device = new("--device") { Description = "Where the device_* rows compute: cpu or cuda:0.", DefaultValueFactory = _ => SessionOptions.Cpu };
        layers.Validators.Add(result => InRange(result, layers, 1, RandomLlama.FullDepth));
        threads.Validators.Add(result => InRange(result, threads, 1, 1024));

        RootCommand command = new(Description) { filter, json, markdown, list, layers, threads, cache, device };
        command.SetAction(async (result, cancellationToken) =>
        {
            TextWriter output = result.InvocationConfiguration.Output, error = result.InvocationConfiguration.Error;
            if (result.GetValue(list))
            {
                foreach (Row row in Catalogue.Rows)
                    await output.WriteLineAsync($"{row.Name,-36}{row.Meaning} [{row.Unit}]{(row.OnRequest ? ", on request" : "")}").ConfigureAwait(false);
                return 0;
            }

            try
            {
                SessionOptions options = new(
                    ModelFolder(), result.GetValue(threads), result.GetValue(layers), result.GetRequiredValue(cache).FullName, result.GetRequiredValue(device));
                IReadOnlyList<(Row, Figure)> results = await MeasureAsync(options, Catalogue.Choose(result.GetValue(filter)), error).ConfigureAwait(false);
                await output.WriteLineAsync($"{Machine.Describe()}, {options.Threads} threads").ConfigureAwait(false);
                await output.WriteAsync(Report.Table(results)).ConfigureAwait(false);
                if (result.GetValue(json) is { } jsonFile)
                    await File.WriteAllTextAsync(jsonFile.FullName, Report.Json(results), cancellationToken).ConfigureAwait(false);
                if (result.GetValue(markdown) is { } markdownFile)
                    await File.WriteAllTextAsync(markdownFile.FullName, $"{Machine.Describe()}, {options.Threads} threads.\n\n{Report.Markdown(results)}", cancellationToken).ConfigureAwait(false);
                return results.Any(entry => entry.Item2.Value is null && !entry.Item2.Note.StartsWith("not available", StringComparison.Ordinal)) ? 1 : 0;
            }
            catch (ArgumentException refused)
            {
                await error.WriteLineAsync(refused.Message).ConfigureAwait(false);
                return 1;
            }
        });
        return command;
    }

    /// <summary>Measures the chosen rows; a row that fails says why and leaves the others be.</summary>
    internal static async Task<IReadOnlyList<(Row Row, Figure Figure)>> MeasureAsync(SessionOptions options, IReadOnlyList<Row> chosen, TextWriter progress)
    {
        TorchThreads.Configure(options.Threads);
        HashSet<string> wanted = [.. chosen.Select(row => row.Name)];
        Dictionary<string, Figure> figures = [];
        using Session session = new(options, progress);
        foreach (IBenchmark benchmark in Catalogue.Benchmarks.Where(benchmark => benchmark.Rows.Any(row => wanted.Contains(row.Name))))
        {
            long started = Stopwatch.GetTimestamp();
            session.Report($"{benchmark.GetType().Name} ...");
            try
            {
                foreach (Figure figure in await benchmark.MeasureAsync(session, wanted).ConfigureAwait(false))
                    figures[figure.Name] = figure;
            }
#pragma warning disable CA1031 // One row's failure is a line of the table, not the end of it.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                session.Report($"  failed: {failure}");
                foreach (Row row in benchmark.Rows)
                    figures.TryAdd(row.Name, new Figure(row.Name, null, "failed: " + failure.Message));
            }

            session.Report(string.Create(CultureInfo.InvariantCulture, $"  took {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s"));
        }

        return [.. chosen.Select(row => (row, figures[row.Name]))];
    }

    private static void InRange(System.CommandLine.Parsing.OptionResult result, Option<int> option, int least, int most)
    {
        int value = result.GetValue(option);
        if (value < least || value > most)
            result.AddError($"{option.Name} is {value}. Use {least} to {most}.");
    }

    private static string DefaultCache() =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "unlearning-benchmarks");

    /// <summary>The default model of the checkout in which the program runs or from which it was built.</summary>
    private static string ModelFolder()
    {
        const string Model = "models/smollm2-135m-instruct";
        foreach (string start in new[] { Environment.CurrentDirectory, AppContext.BaseDirectory })
        {
            for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
            {
                if (Directory.Exists(Path.Combine(folder.FullName, Model)))
                    return Path.Combine(folder.FullName, Model);
            }
        }

        throw new ArgumentException($"{Model} is in no folder above this one. Run the benchmarks inside a checkout.");
    }
}
