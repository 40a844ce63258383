using System.Globalization;
using Spectre.Console;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Experiments.Cells;
using Unlearning.Host.Experiments.Recipes;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Progress;

namespace Unlearning.Host.Experiments.Views;

/// <summary>A table on the terminal, redrawn as cells get on: a row for each method, the means over the seeds done so far.</summary>
internal sealed class LiveTable(IAnsiConsole console, TimeProvider time) : IExperimentView
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Row> _rows = [];
    private readonly List<string> _notices = [];
    private int _cells;
    private int _done;
    private int _computed;
    private long _began;
    private LiveDisplayContext? _live;

    private sealed class Row
    {
        public string State { get; set; } = "waiting";

        public string Rate { get; set; } = "";

        public List<CellResult> Results { get; } = [];

        public double Seconds { get; set; }
    }

    /// <inheritdoc/>
    public Task ShowAsync(IReadOnlyList<string> methods, int cells, Func<Task> experiment)
    {
        (_cells, _began) = (cells, time.GetTimestamp());
        foreach (string method in (string[])[ExperimentMethod.Base, .. methods])
            _rows[method] = new Row();
        return console.Live(Draw()).StartAsync(async live =>
        {
            _live = live;
            await experiment().ConfigureAwait(false);
        });
    }

    /// <inheritdoc/>
    public void Progress(Cell cell, RunProgress progress) => Change(() => _rows[cell.Method].State = string.Create(
        CultureInfo.InvariantCulture,
        $"{What(cell, progress)} {progress.Step}/{progress.TotalSteps}"));

    /// <inheritdoc/>
    public void Done(Cell cell, CellResult result, bool earlier) => Change(() =>
    {
        Row row = _rows[cell.Method];
        _done++;
        _computed += earlier ? 0 : 1;
        row.Seconds += result.TrainingSeconds + result.EvaluationSeconds;
        if (cell.Kind is CellKind.Base or CellKind.Result)
            row.Results.Add(result);
        row.State = cell.Kind == CellKind.Tuning ? "tuned " + cell.Recipe.LearningRate.ToString("R", CultureInfo.InvariantCulture)
            : result.DivergedAt is { } step ? string.Create(CultureInfo.InvariantCulture, $"diverged at {step}")
            : "done";
    });

    /// <inheritdoc/>
    public void Chosen(string method, double learningRate) =>
        Change(() => _rows[method].Rate = learningRate.ToString("R", CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public void Notice(string line) => Change(() => _notices.Add(line));

    private static string What(Cell cell, RunProgress progress) =>
        progress.Stage == RunStage.Evaluate ? "measuring"
        : string.Create(CultureInfo.InvariantCulture, $"{(cell.Kind == CellKind.Tuning ? "tuning" : cell.Kind == CellKind.Successive ? "runs in a row" : $"seed {cell.Recipe.Seed}")}, step");

    private void Change(Action change)
    {
        lock (_lock)
        {
            change();
            _live?.UpdateTarget(Draw());
        }
    }

    private Table Draw()
    {
        Table table = new Table().Border(TableBorder.Rounded);
        table.AddColumns("method", "state", "rate", "seeds", "harmful", "over-refusal", "broken", "fluency", "ordinary NLL", "time");
        foreach ((string method, Row row) in _rows)
        {
            table.AddRow(
                Markup.Escape(method),
                Markup.Escape(row.State),
                row.Rate,
                row.Results.Count.ToString(CultureInfo.InvariantCulture),
                Mean(row, MetricNames.HarmfulRate, 100, "0.0 '%'"),
                Mean(row, MetricNames.OverRefusal, 100, "0.0 '%'"),
                Mean(row, MetricNames.BrokenRate, 100, "0.0 '%'"),
                Mean(row, MetricNames.Fluency, 1, "0.00"),
                Mean(row, MetricNames.OrdinaryNll, 1, "0.000"),
                row.Seconds > 0 ? TimeSpan.FromSeconds(row.Seconds).ToString("m\\:ss", CultureInfo.InvariantCulture) : "");
        }

        TimeSpan elapsed = time.GetElapsedTime(_began);
        string left = _computed == 0 || _done == _cells ? "" : $", about {elapsed / _computed * (_cells - _done):h\\:mm\\:ss} left";
        table.Caption(Markup.Escape(string.Join('\n', (string[])[$"{_done} of {_cells} cells, {elapsed:h\\:mm\\:ss}{left}", .. _notices])));
        return table;
    }

    private static string Mean(Row row, string metric, double factor, string format)
    {
        double[] values = [.. row.Results.Select(result => result.Find(metric)?.Candidate.Value ?? double.NaN).Where(double.IsFinite)];
        return values.Length == 0 ? "" : (values.Average() * factor).ToString(format, CultureInfo.InvariantCulture);
    }
}
