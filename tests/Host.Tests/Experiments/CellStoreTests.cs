using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.RunningTexts;
using Unlearning.Host.Experiments.Cells;
using Unlearning.Host.Runs.Recipes;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Experiments;

public sealed class CellStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _notices = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_cell_that_is_done_comes_back_as_it_was()
    {
        Cell cell = Of(new RecipeOptions());
        CellResult result = Cells.Result("m", 1, 0.5) with { Hash = cell.Hash };
        Assert.Null(Store.Read(cell));
        Store.Write(cell, result);
        Assert.Equivalent(result, Store.Read(cell), strict: true);
        Assert.Equal(["m--lr0.0008--seed1.json"], Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName));
        Assert.Empty(_notices);
    }

    [Fact]
    public void A_cell_of_other_settings_is_not_taken()
    {
        Cell cell = Of(new RecipeOptions());
        Store.Write(cell, Cells.Result("m", 1, 0.5) with { Hash = cell.Hash });
        Assert.Null(Store.Read(Of(new RecipeOptions { BatchSize = 5 })));
        Assert.Null(Store.Read(Of(new RecipeOptions { InactiveThreshold = 1e-5 })));
        Assert.Null(Store.Read(Of(new RecipeOptions(), "another model")));
        Assert.Null(Store.Read(Cell.Of(CellKind.Result, "m", new RecipeOptions(), new EvaluationOptions { Jailbreaks = true }, "setting")));
        RecipeOptions deep = new();
        deep.Objectives["forget"] = new ObjectiveOptions { Loss = "npo" };
        Assert.Null(Store.Read(Of(deep)));
        Assert.Empty(_notices);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{\"hash\": 1}")]
    [InlineData("{\"kind\": \"nothing\"}")]
    public void A_damaged_cell_is_no_cell(string text)
    {
        Cell cell = Of(new RecipeOptions());
        File.WriteAllText(Path.Combine(_folder.Path, $"{cell.Key}.json"), text);
        Assert.Null(Store.Read(cell));
        Assert.Equal(text == "null" ? 0 : 1, _notices.Count);
    }

    [Fact]
    public void The_evaluation_does_not_change_what_a_training_is()
    {
        Cell plain = Of(new RecipeOptions());
        Cell attacked = Cell.Of(CellKind.Result, "m", new RecipeOptions(), new EvaluationOptions { Jailbreaks = true }, "setting");
        Assert.Equal(plain.TrainingHash, attacked.TrainingHash);
        Assert.Equal(plain.TrainingHash, Cell.Of(CellKind.Tuning, "m", new RecipeOptions(), new EvaluationOptions(), "setting").TrainingHash);
        Assert.NotEqual(plain.Hash, attacked.Hash);
    }

    [Fact]
    public void The_text_of_a_perplexity_counts_but_not_its_place_and_without_one_the_hash_is_as_it_always_was()
    {
        string off = With(new EvaluationOptions()), on = With(Reading("a.csv", "hash"));
        Assert.Equal(off, With(new EvaluationOptions { PerplexityText = "", PerplexityPassages = 5 }));
        Assert.NotEqual(off, on);
        Assert.Equal(on, With(Reading("moved/b.txt", "hash")));
        Assert.NotEqual(on, With(Reading("a.csv", "another hash")));
        Assert.NotEqual(on, With(Reading("a.csv", "hash", passages: 16)));
        Assert.NotEqual(Base(new EvaluationOptions()), Base(Reading("a.csv", "hash")));

        // Nothing of the new options is written while they are off: committed cells are of this JSON.
        Assert.DoesNotContain("Text", System.Text.Json.JsonSerializer.Serialize(new EvaluationOptions()), StringComparison.Ordinal);
        Assert.DoesNotContain("Passages", System.Text.Json.JsonSerializer.Serialize(new EvaluationOptions()), StringComparison.Ordinal);
        Assert.Equal(
            Of(new RecipeOptions()).TrainingHash,
            Cell.Of(CellKind.Result, "m", new RecipeOptions(), Reading("a.csv", "hash"), "setting").TrainingHash);

        static EvaluationOptions Reading(string path, string hash, int passages = 64) =>
            new EvaluationOptions { PerplexityText = path, PerplexityPassages = passages }.With(new RunningText("the text", hash));

        static string With(EvaluationOptions evaluation) => Cell.Of(CellKind.Result, "m", new RecipeOptions(), evaluation, "setting").Hash;

        static string Base(EvaluationOptions evaluation) => Cell.Of(CellKind.Base, "base", new RecipeOptions(), evaluation, "setting").Hash;
    }

    private CellStore Store => new(_folder.Path, _notices.Add);

    private static Cell Of(RecipeOptions recipe, string setting = "setting") =>
        Cell.Of(CellKind.Result, "m", recipe, new EvaluationOptions(), setting);
}
