using System.Globalization;
using Unlearning.Host.Experiments.Cells;
using Unlearning.Host.Runs.Progress;

namespace Unlearning.Host.Experiments.Views;

/// <summary>A line for each cell that is done, with the time that is left: for logs and terminals that cannot redraw.</summary>
internal sealed class PlainLines(TextWriter screen, TimeProvider time) : IExperimentView
{
    private int _cells;
    private int _done;
    private int _computed;
    private long _began;

    /// <inheritdoc/>
    public Task ShowAsync(IReadOnlyList<string> methods, int cells, Func<Task> experiment)
    {
        (_cells, _began) = (cells, time.GetTimestamp());
        return experiment();
    }

    /// <inheritdoc/>
    public void Progress(Cell cell, RunProgress progress)
    {
    }

    /// <inheritdoc/>
    public void Done(Cell cell, CellResult result, bool earlier)
    {
        _done++;
        _computed += earlier ? 0 : 1;
        TimeSpan elapsed = time.GetElapsedTime(_began);
        string left = earlier || _computed == 0 || _done == _cells ? ""
            : string.Create(CultureInfo.InvariantCulture, $", about {elapsed / _computed * (_cells - _done):h\\:mm\\:ss} left");
        screen.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"[{_done}/{_cells}] {cell.Key}: {CellLine.Of(result)} ({(earlier ? "done earlier" : $"{result.TrainingSeconds + result.EvaluationSeconds:0} s")}{left})"));
    }

    /// <inheritdoc/>
    public void Chosen(string method, double learningRate) =>
        screen.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{method}: learning rate {learningRate:R}"));

    /// <inheritdoc/>
    public void Notice(string line) => screen.WriteLine(line);
}
