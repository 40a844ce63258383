using Unlearning.Engine;
using Unlearning.Engine.Inference;
using Unlearning.Engine.Text;
using Unlearning.Host.Releases;
using Unlearning.Host.Runs.Progress;
using Unlearning.Host.Runs.Recipes;
using Unlearning.Host.Runs.Sets;
using Unlearning.Host.Runs.Training;

namespace Unlearning.EndToEnd.Tests;

[Trait("Category", "Slow")]
public sealed class AnInterruptedRunContinuesToTheSameBytes : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("unlearning-resume-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Killed_after_step_three_and_resumed()
    {
        using LlamaEngine engine = await LlamaEngine.LoadAsync(new EngineOptions
        {
            Model = Path.Combine(Unlearning.Host.HomeFolder.Find(), "models", "smollm2-135m-instruct"),
        });
        RecipeOptions recipe = new()
        {
            Steps = 5,
            BatchSize = 2,
            CheckpointEvery = 1,
            ValidateEvery = 5,
            ValidationPrompts = 1,
            AnswerTokens = 4,
        };
        RunSets sets = new(Set("forget"), Set("normal"), Set("retain"), Set("look-alike"), Set("refuse"), [], Release.BaseId);
        string straight = Folder("straight"), interrupted = Folder("interrupted");
        (await Stage(_ => { }).RunAsync(straight, sets, null, "identity", CancellationToken.None)).Adapter.Dispose();

        using CancellationTokenSource kill = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Stage(progress =>
        {
            if (progress.Step == 3)
                kill.Cancel();
        }).RunAsync(interrupted, sets, null, "identity", kill.Token));
        UnlearnResult resumed = await Stage(_ => { }).RunAsync(interrupted, sets, null, "identity", CancellationToken.None);
        resumed.Adapter.Dispose();

        Assert.Equal([1, 2, 3, 4, 5], resumed.Steps.Select(step => step.Step));
        foreach (string file in (string[])["checkpoint.safetensors", "best/adapter_model.safetensors"])
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(straight, file)), await File.ReadAllBytesAsync(Path.Combine(interrupted, file)));

        UnlearnStage Stage(Action<RunProgress> report) => new(engine, recipe, report, TimeProvider.System);
        string Folder(string name) => _folder.CreateSubdirectory(name).FullName;
        AnswerExample[] Set(string name) =>
            [.. Enumerable.Range(0, 6).Select(i => AnswerExample.Create(
                $"{name} {i}", $"Say something of the {name} kind, number {i}.", $"This is answer {i} of {name}.", engine.Template, engine.Tokenizer))];
    }
}
