using Unlearning.Host.Evaluation;
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

    private CellStore Store => new(_folder.Path, _notices.Add);

    private static Cell Of(RecipeOptions recipe, string setting = "setting") =>
        Cell.Of(CellKind.Result, "m", recipe, new EvaluationOptions(), setting);
}
