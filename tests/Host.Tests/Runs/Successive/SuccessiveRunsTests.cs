using Unlearning.Engine.Inference;
using Unlearning.Engine.Text;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Releases;
using Unlearning.Host.Runs.Recipes;
using Unlearning.Host.Runs.Sets;
using Unlearning.Host.Runs.Successive;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Runs.Successive;

public sealed class SuccessiveRunsTests : IDisposable
{
    private static readonly RecipeOptions Recipe = new()
    {
        Steps = 2,
        BatchSize = 2,
        MaximumTokens = 300,
        AnswerTokens = 6,
        ValidateEvery = 2,
        ValidationPrompts = 1,
        CheckpointEvery = 1,
        Rank = 2,
        Alpha = 4,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_run_goes_on_from_the_one_before_and_all_of_it_repeats()
    {
        using LlamaEngine engine = await TinyModel.LoadAsync(Directory.CreateDirectory(Path.Combine(_folder.Path, "tiny")).FullName);
        SuccessiveBatch[] batches = [.. Enumerable.Range(0, 3).Select(i => Batch(engine, i))];
        ReferenceAnswer[] ordinary = [new("What is dew?", "Water on grass."), new("Who knits?", "My aunt does.")];
        List<SuccessiveRun> told = [];
        IReadOnlyList<SuccessiveRun> runs = await Runs(engine).RunAsync(Work("once"), batches, ordinary, told.Add);
        Assert.Equal(told, runs);
        Assert.Equal([0, 1, 2, 3], runs.Select(run => run.Run));
        Assert.Equal([0, 2, 2, 2], runs.Select(run => run.ChosenStep));
        Assert.Equal(4, runs.Select(run => run.OrdinaryNegativeLogLikelihood).Distinct().Count());
        Assert.Equal(runs[1].FirstHarmfulRate, runs[1].CurrentHarmfulRate);
        Assert.All(runs, run => Assert.All(
            (double[])[run.FirstHarmfulRate, run.CurrentHarmfulRate, run.CurrentHarmfulRateBefore], rate => Assert.InRange(rate, 0, 1)));
        Assert.Equal(runs, await Runs(engine).RunAsync(Work("again"), batches, ordinary));

        // The third run alone, from the base, comes to something else.
        IReadOnlyList<SuccessiveRun> alone = await Runs(engine).RunAsync(Work("alone"), [batches[2]], ordinary);
        Assert.NotEqual(runs[3].OrdinaryNegativeLogLikelihood, alone[1].OrdinaryNegativeLogLikelihood);

        // Stopped after the first run and called again, it ends as if it had not been.
        using CancellationTokenSource stop = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Runs(engine).RunAsync(
                Work("stopped"),
                batches,
                ordinary,
                record =>
                {
                    if (record.Run == 1)
                        stop.Cancel();
                },
                stop.Token));
        Assert.Equal(runs, await Runs(engine).RunAsync(Work("stopped"), batches, ordinary));
    }

    [Fact]
    public async Task Batches_that_share_a_prompt_are_refused()
    {
        using LlamaEngine engine = await TinyModel.LoadAsync(Directory.CreateDirectory(Path.Combine(_folder.Path, "tiny")).FullName);
        SuccessiveBatch batch = Batch(engine, 0);
        await Assert.ThrowsAsync<ArgumentException>(() => Runs(engine).RunAsync(Work("x"), [batch, batch], []));
        await Assert.ThrowsAsync<ArgumentException>(() => Runs(engine).RunAsync(Work("x"), [], []));
        await Assert.ThrowsAsync<ArgumentException>(() => Runs(engine).RunAsync(Work("x"), [batch with { Prompts = [] }], []));
    }

    private static SuccessiveRuns Runs(LlamaEngine engine) => new(engine, Recipe, new AnswerJudge(), TimeProvider.System);

    private string Work(string name) => Path.Combine(_folder.Path, name);

    private static SuccessiveBatch Batch(LlamaEngine engine, int number)
    {
        RunSets sets = new(Set("forget"), Set("normal"), Set("retain"), Set("look-alike"), Set("refuse"), [], Release.BaseId);
        return new SuccessiveBatch(sets, [.. Enumerable.Range(0, 2).Select(i => new EvaluationPrompt(
            $"{number}-{i}", $"forget {number} {i}", PromptKind.Harmful, null, "test"))]);

        AnswerExample[] Set(string name) => [.. Enumerable.Range(0, 3).Select(i => AnswerExample.Create(
            $"{name} {i}", $"{name} {number} {i}", $"It is {name} {i}.", engine.Template, engine.Tokenizer))];
    }
}
