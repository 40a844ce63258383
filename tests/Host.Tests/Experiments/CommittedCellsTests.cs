using System.Text.RegularExpressions;
using Unlearning.Engine;
using Unlearning.Engine.Weights;
using Unlearning.Host.Evaluation.RunningTexts;
using Unlearning.Host.Experiments;
using Unlearning.Host.Experiments.Cells;
using Unlearning.Host.Experiments.Data;
using Unlearning.Host.Experiments.Recipes;
using Unlearning.Host.Experiments.Results;
using Unlearning.Host.Experiments.Views;
using Unlearning.Host.Runs.Progress;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Experiments;

/// <summary>docs/results stands on committed cells. A change that orphans them would have the documented commands measure all of it again.</summary>
public sealed partial class CommittedCellsTests : IDisposable
{
    // What the cells were made on: the embedded model, and the data of all five recipes, which have the same block `data`.
    private const string Model = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";
    private const string Data = "47e544a0b04d72f90e16151e171e7f4fa833e679274df77190a7ac8d75e4cecb";

    // And the text whose perplexity one of them measures, which does not ship.
    private const string Text = "54b8a79b5aa5bffb4302880446de9c1fa04868f4fd3de507cf473a46797b7cf3";

    private static readonly string Home = HomeFolder.Find();

    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _screen = new();

    public void Dispose()
    {
        _folder.Dispose();
        _screen.Dispose();
    }

    [Theory]
    [InlineData(
        "default-model",
        "mollm", "weighted_sum", "refusal_tuning", "mollm_paper", "ga", "graddiff", "kl_weighted_ga", "npo", "simnpo", "mgda", "upgrad", "pcgrad",
        "dpo", "reverse_kl", "ga_dual_space")]
    [InlineData("lasting", "mollm")]
    [InlineData("trade-off", "limit_10", "limit_20", "limit_40", "no_limit")]
    [InlineData("equal-price", "mollm", "weighted_sum", "refusal_tuning")]
    [InlineData("more-data", "more_data")]
    public async Task The_documented_command_finds_every_cell_and_makes_the_same_table(string name, params string[] only)
    {
        IReadOnlyList<CellResult> results = await Run(name, only, CellSetting.Methods);
        string folder = Results(name), report = await File.ReadAllTextAsync(Path.Combine(folder, "results.md"));
        Assert.Equal(Directory.GetFiles(Path.Combine(Results(name), "cells")).Length, results.Count);
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(folder, "results.csv")), ResultsCsv.Of(results));

        // Of the figures those are committed that a document shows; the report names no other.
        string[] figures = [.. Figure().Matches(report).Select(match => match.Groups[1].Value)];
        Assert.Equal(Directory.GetFiles(Path.Combine(folder, "figures")).Select(Path.GetFileName).Order(), figures.Select(Path.GetFileName).Order());
        Assert.Equal(ResultsMarkdown.Of(Load(name, only), "smollm2-135m-instruct", results, [.. figures.Select(figure => $"figures/{figure}")]), report);
    }

    [Fact]
    public async Task A_new_version_of_the_methods_takes_no_cell_of_the_old() =>
        Assert.Equal("base", (await Assert.ThrowsAsync<InvalidOperationException>(() => Run("lasting", ["mollm"], methods: 2))).Message);

    [SkippableFact]
    public void They_are_of_the_embedded_model()
    {
        string path = Path.GetFullPath(new EngineOptions().Model, Home);
        Skip.IfNot(Directory.Exists(path), "The embedded model is absent.");
        using ICheckpoint checkpoint = Checkpoint.Open(path);
        Assert.Equal(Model, checkpoint.ContentHash());
    }

    [SkippableTheory]
    [InlineData("default-model")]
    [InlineData("lasting")]
    [InlineData("trade-off")]
    [InlineData("equal-price")]
    [InlineData("more-data")]
    public async Task They_are_of_the_data_that_the_recipe_reads(string name)
    {
        string? sets = Environment.GetEnvironmentVariable("UNLEARNING_DATA");
        Skip.If(string.IsNullOrEmpty(sets) || !Directory.Exists(sets), "UNLEARNING_DATA names no folder with the data sets.");
        Assert.Equal(Data, (await ExperimentData.LoadAsync(Load(name), sets, CancellationToken.None)).Hash);
        if (RecipeText.Read(Load(name), sets).Evaluation.Text is { } text)
            Assert.Equal(Text, text.Hash);
    }

    private static string Results(string name) => Path.Combine(Home, "docs", "results", name);

    private static ExperimentRecipe Load(string name, params string[] only)
    {
        ExperimentRecipe recipe = ExperimentRecipeReader.Load(Path.Combine(Home, "recipes", name + ".yaml"));
        return only.Length == 0 ? recipe : recipe with { Methods = [.. recipe.Methods.Where(method => only.Contains(method.Name))] };
    }

    [GeneratedRegex(@"\(figures/([^)]+)\)")]
    private static partial Regex Figure();

    private async Task<IReadOnlyList<CellResult>> Run(string name, string[] only, int methods)
    {
        ExperimentRecipe recipe = Load(name, only);
        recipe = recipe with { Evaluation = recipe.Evaluation.With(new RunningText("", Text)) };
        PlainLines view = new(_screen, TimeProvider.System);
        Experiment experiment = new(
            recipe,
            CellSetting.Of(Model, Data, new EngineOptions(), recipe.Shared, methods),
            new CellStore(Path.Combine(Results(name), "cells"), view.Notice),
            new NoRunner(),
            Path.Combine(_folder.Path, "trainings"),
            view);
        await experiment.RunAsync(CancellationToken.None);
        return experiment.Results;
    }

    private sealed class NoRunner : ICellRunner
    {
        public Task<CellResult> RunAsync(Cell cell, Action<RunProgress> report, CancellationToken cancellationToken) =>
            throw new InvalidOperationException(cell.Key);
    }
}
