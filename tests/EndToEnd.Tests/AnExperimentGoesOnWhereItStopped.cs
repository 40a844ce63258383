using Unlearning.Host.Experiments;
using Unlearning.Host.Experiments.Cells;
using Unlearning.Host.Experiments.Recipes;
using Unlearning.Host.Experiments.Views;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Progress;

namespace Unlearning.EndToEnd.Tests;

[Trait("Category", "Slow")]
public sealed class AnExperimentGoesOnWhereItStopped : IDisposable
{
    private const string Recipe = """
        name: tiny
        seeds: [1]
        data:
          forget: {count: 4}
          test: {count: 3, look_alikes: 2, ordinary: 2}
        recipe:
          steps: 2
          batch_size: 1
          maximum_tokens: 48
          validate_every: 2
          checkpoint_every: 1
          validation_prompts: 1
          answer_tokens: 6
          objectives:
            look_alike: {batch_size: 1}
        tuning: {learning_rates: [1e-4, 1e-3], seed: 1}
        methods:
          mollm: {}
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("unlearning-experiment-");
    private readonly StringWriter _screen = new();

    public void Dispose()
    {
        _screen.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task On_the_embedded_model_with_the_training_of_the_tuning_taken_over()
    {
        using CancellationTokenSource stop = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Session(new StoppingView(_screen, stop)).RunAsync(stop.Token));
        Assert.Equal(2, Directory.EnumerateFiles(Path.Combine(_folder.FullName, "cells")).Count());

        await Session(new PlainLines(_screen, TimeProvider.System)).RunAsync(CancellationToken.None);
        string report = await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "results.md"));
        Assert.Contains("1 of 1 trainings are done", report, StringComparison.Ordinal);
        Assert.Equal(4, Directory.EnumerateFiles(Path.Combine(_folder.FullName, "cells")).Count());
        Assert.False(Directory.Exists(Path.Combine(_folder.FullName, "trainings")));
        Assert.Contains("done earlier", _screen.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_training_that_explodes_is_a_result_with_its_step()
    {
        string explodes = Recipe.Replace("mollm: {}", "ga: {learning_rate: 1e25, direction: weighted_sum, normalize: none, warmup_steps: 0}", StringComparison.Ordinal)
            .Replace("steps: 2", "steps: 3", StringComparison.Ordinal);
        await Session(new PlainLines(_screen, TimeProvider.System), explodes).RunAsync(CancellationToken.None);
        string report = await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "results.md"));
        Assert.Contains("| ga (diverged 1 of 1) |", report, StringComparison.Ordinal);
        Assert.Contains("diverged at step 2", _screen.ToString(), StringComparison.Ordinal);
    }

    private ExperimentSession Session(IExperimentView view, string recipe = Recipe) =>
        new(ExperimentRecipeReader.Read(recipe, "tiny.yaml"), _folder.FullName, null, view, _screen, TimeProvider.System);

    /// <summary>Stops the experiment in the middle of its second training.</summary>
    private sealed class StoppingView(TextWriter screen, CancellationTokenSource stop) : IExperimentView
    {
        private readonly PlainLines _lines = new(screen, TimeProvider.System);

        public Task ShowAsync(IReadOnlyList<string> methods, int cells, Func<Task> experiment) => _lines.ShowAsync(methods, cells, experiment);

        public void Progress(Cell cell, RunProgress progress)
        {
            if (cell.Recipe.LearningRate == 1e-3 && progress is { Stage: RunStage.Unlearn, Step: 1 })
                stop.Cancel();
        }

        public void Done(Cell cell, CellResult result, bool earlier) => _lines.Done(cell, result, earlier);

        public void Chosen(string method, double learningRate) => _lines.Chosen(method, learningRate);

        public void Notice(string line) => _lines.Notice(line);
    }
}
