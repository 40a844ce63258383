using Unlearning.Host.Experiments;
using Unlearning.Host.Experiments.Cells;
using Unlearning.Host.Experiments.Data;
using Unlearning.Host.Experiments.Recipes;
using Unlearning.Host.Experiments.Views;
using Unlearning.Host.Runs.Progress;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Experiments;

public sealed class ExperimentTests : IDisposable
{
    private const string Recipe = """
        name: test
        seeds: [1, 2]
        tuning: {learning_rates: [1e-4, 1e-3], seed: 1}
        methods:
          first: {}
          second: {learning_rate: 5e-4}
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _screen = new();

    public void Dispose()
    {
        _folder.Dispose();
        _screen.Dispose();
    }

    [Fact]
    public async Task The_base_comes_first_then_each_method_is_tuned_and_trained_with_every_seed()
    {
        FakeRunner runner = new();
        await Run(runner);
        Assert.Equal(
            [
                "base",
                "first--tuning--lr0.0001--seed1", "first--tuning--lr0.001--seed1", "first--lr0.001--seed1", "first--lr0.001--seed2",
                "second--lr0.0005--seed1", "second--lr0.0005--seed2",
            ],
            runner.Ran);
        Assert.Contains("[7/7] second--lr0.0005--seed2", _screen.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_in_a_row_follow_a_methods_trainings_with_its_rate_and_first_seed()
    {
        FakeRunner runner = new();
        IReadOnlyList<CellResult> results = await Run(runner, Recipe + "\nsuccessive: {runs: 2, incidents: 3}\n");
        Assert.Equal(["first--lr0.001--seed2", "first--successive--lr0.001--seed1", "second--lr0.0005--seed1"], runner.Ran.Skip(4).Take(3));
        Assert.Equal(9, results.Count);
        Assert.Contains("after 2 runs the first batch is answered at 25 % (100 % before), ordinary NLL 2.970", _screen.ToString(), StringComparison.Ordinal);
        FakeRunner again = new();
        await Run(again, Recipe + "\nsuccessive: {runs: 3, incidents: 3}\n");
        Assert.Equal(["first--successive--lr0.001--seed1", "second--successive--lr0.0005--seed1"], again.Ran);
    }

    [Fact]
    public async Task Stopped_and_started_again_it_computes_only_what_is_missing()
    {
        using CancellationTokenSource stop = new();
        FakeRunner first = new() { After = key => { if (key == "first--lr0.001--seed1") stop.Cancel(); } };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Run(first, token: stop.Token));
        Assert.Equal(4, first.Ran.Count);

        FakeRunner second = new();
        IReadOnlyList<CellResult> results = await Run(second);
        Assert.Equal(["first--lr0.001--seed2", "second--lr0.0005--seed1", "second--lr0.0005--seed2"], second.Ran);
        Assert.Equal(7, results.Count);

        FakeRunner third = new();
        await Run(third);
        Assert.Empty(third.Ran);
    }

    [Fact]
    public async Task A_change_of_one_method_computes_that_method_again()
    {
        await Run(new FakeRunner());
        FakeRunner changed = new();
        await Run(changed, Recipe.Replace("second: {learning_rate", "second: {batch_size: 5, learning_rate", StringComparison.Ordinal));
        Assert.Equal(["second--lr0.0005--seed1", "second--lr0.0005--seed2"], changed.Ran);
    }

    [Fact]
    public async Task What_a_file_holds_decides_about_the_methods_that_read_it_and_about_no_other()
    {
        await Run(new FakeRunner());
        Directory.CreateDirectory(Path.Combine(_folder.Path, "sets"));
        string file = Path.Combine(_folder.Path, "sets", "leaked.jsonl");
        await File.WriteAllTextAsync(file, """{"prompt": "p", "answer": "a"}""");
        string text = Recipe + "\n  third: {learning_rate: 5e-4, objectives: {leaked: {loss: uce, set: sets/leaked.jsonl}}}\nsuccessive: {runs: 2, incidents: 3}\n";
        string[] third = ["third--lr0.0005--seed1", "third--lr0.0005--seed2", "third--successive--lr0.0005--seed1"];
        FakeRunner added = new();
        await Run(added, text);
        Assert.Equal(["first--successive--lr0.001--seed1", "second--successive--lr0.0005--seed1", .. third], added.Ran);

        // The same pairs, written otherwise.
        await File.WriteAllTextAsync(file, "\n{\"answer\": \"a\",\"prompt\": \"p\"}\n");
        FakeRunner same = new();
        await Run(same, text);
        Assert.Empty(same.Ran);

        await File.WriteAllTextAsync(file, """{"prompt": "p", "answer": "b"}""");
        FakeRunner changed = new();
        await Run(changed, text);
        Assert.Equal(third, changed.Ran);
    }

    [Fact]
    public async Task A_training_of_the_tuning_that_is_also_a_result_is_kept_until_it_is_measured()
    {
        FakeRunner runner = new() { Trainings = Trainings };
        await Run(runner);
        Assert.Equal(["first--lr0.001--seed1"], runner.FoundTrained);
        Assert.Empty(Directory.EnumerateDirectories(Trainings));
    }

    [Theory]
    [InlineData(0.5, null, 0.4, null, 1e-3)]
    [InlineData(0.4, null, 0.4, null, 1e-4)]
    [InlineData(0.9, null, 0.1, 3, 1e-4)]
    [InlineData(0.9, 2, 0.1, 3, 1e-3)]
    [InlineData(double.NaN, null, 0.9, null, 1e-3)]
    public void The_rate_with_the_least_score_is_taken_and_a_diverged_one_only_if_all_are(
        double low, int? lowDiverged, double high, int? highDiverged, double taken) =>
        Assert.Equal(taken, TuningRule.Choose([Cells.Tuning("m", 1e-4, low, lowDiverged), Cells.Tuning("m", 1e-3, high, highDiverged)]));

    private string Trainings => Path.Combine(_folder.Path, "trainings");

    private async Task<IReadOnlyList<CellResult>> Run(FakeRunner runner, string text = Recipe, CancellationToken token = default)
    {
        ExperimentRecipe recipe = ExperimentRecipeReader.Read(text, Path.Combine(_folder.Path, "a.yaml"));
        ExperimentData data = await ExperimentData.LoadAsync(recipe, null, token);
        PlainLines view = new(_screen, TimeProvider.System);
        Experiment experiment = new(
            recipe, "setting", new CellStore(Path.Combine(_folder.Path, "cells"), view.Notice), runner, Trainings, view)
        {
            Files = data.Files,
        };
        await view.ShowAsync([.. recipe.Methods.Select(method => method.Name)], experiment.Cells, () => experiment.RunAsync(token));
        return experiment.Results;
    }

    private sealed class FakeRunner : ICellRunner
    {
        public List<string> Ran { get; } = [];

        public List<string> FoundTrained { get; } = [];

        public Action<string> After { get; init; } = _ => { };

        public string? Trainings { get; init; }

        public Task<CellResult> RunAsync(Cell cell, Action<RunProgress> report, CancellationToken cancellationToken)
        {
            Ran.Add(cell.Key);
            if (Trainings is not null && cell.Kind != CellKind.Base)
            {
                string folder = Path.Combine(Trainings, cell.TrainingHash[..16]);
                if (Directory.Exists(folder))
                    FoundTrained.Add(cell.Key);
                Directory.CreateDirectory(folder);
            }

            // A higher rate does better here.
            CellResult result = cell.Kind switch
            {
                CellKind.Base => Cells.Base(),
                CellKind.Successive => Cells.Successive(cell.Method) with { LearningRate = cell.Recipe.LearningRate },
                CellKind.Tuning => Cells.Tuning(cell.Method, cell.Recipe.LearningRate, 1 - (100 * cell.Recipe.LearningRate)),
                _ => Cells.Result(cell.Method, cell.Recipe.Seed, 0.5, cell.Recipe.LearningRate),
            };
            After(cell.Key);
            return Task.FromResult(result with { Hash = cell.Hash });
        }
    }
}
