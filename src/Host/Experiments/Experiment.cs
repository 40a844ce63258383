using Unlearning.Host.Experiments.Cells;
using Unlearning.Host.Experiments.Recipes;
using Unlearning.Host.Experiments.Views;
using Unlearning.Host.Runs.Sets;

namespace Unlearning.Host.Experiments;

/// <summary>
/// Runs an experiment cell by cell: the base, then each method with its tuning and its seeds. Cells that are done are taken as they are,
/// so an experiment that was stopped goes on, and one that is complete only makes its report anew.
/// </summary>
/// <param name="recipe">What to run.</param>
/// <param name="setting">Model, data and device in one string, for the cells' hashes.</param>
/// <param name="store">Keeps the cells.</param>
/// <param name="runner">Computes them.</param>
/// <param name="trainings">Folder of unfinished trainings; what is no longer needed there is deleted.</param>
/// <param name="view">Shows it.</param>
internal sealed class Experiment(
    ExperimentRecipe recipe, string setting, CellStore store, ICellRunner runner, string trainings, IExperimentView view)
{
    private readonly List<CellResult> _results = [];

    /// <summary>The files that methods' objectives read, by the path as the recipe writes it: what they hold decides about those methods' cells.</summary>
    public IReadOnlyDictionary<string, SetFile> Files { get; init; } = new Dictionary<string, SetFile>();

    /// <summary>The cells that are done so far, in the order of the recipe.</summary>
    public IReadOnlyList<CellResult> Results => _results;

    /// <summary>How many cells there are.</summary>
    public int Cells => 1 + recipe.Methods.Sum(method =>
        (method.LearningRates.Count > 1 ? method.LearningRates.Count : 0) + recipe.Seeds.Count + (recipe.Successive is null ? 0 : 1));

    /// <summary>Computes what is not done yet.</summary>
    /// <exception cref="OperationCanceledException">It was stopped; <see cref="Results"/> has what was done until then.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await RunAsync(Cell.Of(CellKind.Base, ExperimentMethod.Base, recipe.Shared, recipe.Evaluation, setting), cancellationToken).ConfigureAwait(false);
        foreach (ExperimentMethod method in recipe.Methods)
        {
            double rate = method.LearningRates[0];
            List<Cell> tried = [];
            if (method.LearningRates.Count > 1)
            {
                List<CellResult> scores = [];
                foreach (double candidate in method.LearningRates)
                {
                    Cell tuning = Of(CellKind.Tuning, method, candidate, recipe.TuningSeed, recipe.TuningSteps ?? method.Recipe.Steps);
                    tried.Add(tuning);
                    scores.Add(await RunAsync(tuning, cancellationToken).ConfigureAwait(false));
                }

                rate = TuningRule.Choose(scores);
            }

            view.Chosen(method.Name, rate);
            Cell[] cells = [.. recipe.Seeds.Select(seed => Of(CellKind.Result, method, rate, seed, method.Recipe.Steps))];

            // A training of the tuning may be one of these: then it is only measured.
            foreach (Cell unused in tried.Where(tuning => !cells.Any(cell => cell.TrainingHash == tuning.TrainingHash)))
                Forget(unused);
            foreach (Cell cell in cells)
            {
                await RunAsync(cell, cancellationToken).ConfigureAwait(false);
                Forget(cell);
            }

            if (recipe.Successive is { } plan)
            {
                Cell row = Cell.Of(plan, method.Name, method.Recipe.With(rate, recipe.Seeds[0], method.Recipe.Steps), SettingOf(method));
                await RunAsync(row, cancellationToken).ConfigureAwait(false);
                Forget(row);
            }
        }
    }

    private Cell Of(CellKind kind, ExperimentMethod method, double rate, int seed, int steps) =>
        Cell.Of(kind, method.Name, method.Recipe.With(rate, seed, steps), recipe.Evaluation, SettingOf(method));

    private string SettingOf(ExperimentMethod method) =>
        string.Join(' ', [setting, .. SetFile.NamedIn(method.Recipe).Select(file => Files[file].Hash)]);

    private async Task<CellResult> RunAsync(Cell cell, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        CellResult? earlier = store.Read(cell);
        CellResult result = earlier ?? await runner.RunAsync(cell, progress => view.Progress(cell, progress), cancellationToken).ConfigureAwait(false);
        if (earlier is null)
            store.Write(cell, result);
        _results.Add(result);
        view.Done(cell, result, earlier is not null);
        return result;
    }

    private void Forget(Cell cell)
    {
        string folder = Path.Combine(trainings, cell.TrainingHash[..16]);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
