using Unlearning.Host.Experiments.Cells;
using Unlearning.Host.Runs.Progress;

namespace Unlearning.Host.Experiments.Views;

/// <summary>Shows an experiment while it runs. Calls come from one thread at a time.</summary>
internal interface IExperimentView
{
    /// <summary>Runs the experiment inside the view.</summary>
    /// <param name="methods">The methods, in the order in which they come.</param>
    /// <param name="cells">How many cells there are.</param>
    /// <param name="experiment">The experiment.</param>
    Task ShowAsync(IReadOnlyList<string> methods, int cells, Func<Task> experiment);

    /// <summary>A cell has got on.</summary>
    void Progress(Cell cell, RunProgress progress);

    /// <summary>A cell is done, just now or in an earlier run.</summary>
    void Done(Cell cell, CellResult result, bool earlier);

    /// <summary>A method's learning rate is chosen.</summary>
    void Chosen(string method, double learningRate);

    /// <summary>Something worth a line.</summary>
    void Notice(string line);
}
