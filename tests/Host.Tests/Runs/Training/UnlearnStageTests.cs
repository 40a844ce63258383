using Unlearning.Engine.Inference;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Reports;
using Unlearning.Host.Runs.Recipes;
using Unlearning.Host.Runs.Sets;
using Unlearning.Host.Runs.Training;

namespace Unlearning.Host.Tests.Runs.Training;

public sealed class UnlearnStageTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("unlearning-stage-");

    // A step this small changes no answer, so no measurement is better than the first.
    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 3)]
    [InlineData(0, 5)]
    public async Task Training_ends_when_measurements_no_longer_improve(int patience, int taken)
    {
        UnlearnResult result = await Train(recipe => recipe.Patience = patience);
        Assert.Equal(taken, result.Steps.Count);
        Assert.Equal(1, result.ChosenStep);
        result.Adapter.Dispose();
    }

    [Fact]
    public async Task Every_validation_is_recorded_with_what_decided_about_its_checkpoint()
    {
        UnlearnResult result = await Train(recipe => recipe.Patience = 0);
        Assert.Equal([1, 2, 3, 4, 5], result.Checkpoints.Select(checkpoint => checkpoint.Step));
        Assert.All(result.Checkpoints, checkpoint => Assert.Equal((0, 1, true), (checkpoint.BrokenRise, checkpoint.FluencyShare, checkpoint.Eligible)));
        Assert.Equal(result.Score, result.Checkpoints[0].Score);
        result.Adapter.Dispose();
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1e-5, false)]
    public async Task A_step_records_which_gradients_took_part_by_the_recipes_threshold(double threshold, bool noiseCounts)
    {
        // KL is 0 at the first step, and its gradient rounding noise.
        UnlearnResult result = await Train(recipe => recipe.InactiveThreshold = threshold);
        StepRecord first = result.Steps[0];
        Assert.Equal(first.Losses.ToDictionary(loss => loss.Key, loss => noiseCounts || loss.Key != "normal"), first.Active);
        Assert.Equal(noiseCounts, first.Weights["normal"] != 0);
        result.Adapter.Dispose();
    }

    private async Task<UnlearnResult> Train(Action<RecipeOptions> set)
    {
        using LlamaEngine engine = await TinyModel.LoadAsync(Directory.CreateDirectory(Path.Combine(_folder.FullName, "tiny")).FullName);
        RecipeOptions recipe = new()
        {
            Steps = 5,
            LearningRate = 1e-12,
            MaximumTokens = 300,
            AnswerTokens = 4,
            Rank = 2,
            ValidateFrom = 1,
            ValidateEvery = 1,
            ValidationPrompts = 1,
        };
        set(recipe);
        RunSets sets = SetBuilder.Build(
            [new HarmfulExample("a", "harmful prompt", "harmful answer", "no")],
            [new EvaluationPrompt("b", "harmless prompt", PromptKind.LookAlike, null, "own", "an answer")],
            engine,
            recipe);

        return await new UnlearnStage(engine, recipe, _ => { }, TimeProvider.System)
            .RunAsync(_folder.CreateSubdirectory("run").FullName, sets, null, "identity", CancellationToken.None);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
