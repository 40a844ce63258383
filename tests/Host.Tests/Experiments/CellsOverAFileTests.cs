using Unlearning.Engine;
using Unlearning.Host.Experiments;
using Unlearning.Host.Experiments.Cells;
using Unlearning.Host.Experiments.Data;
using Unlearning.Host.Experiments.Recipes;
using Unlearning.Host.Experiments.Results;
using Unlearning.Host.Experiments.Views;
using Unlearning.Host.Tests.Privacy;
using Unlearning.Host.Tests.Runs;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Experiments;

public sealed class CellsOverAFileTests : IDisposable
{
    private const string Recipe = """
        name: tiny
        data:
          forget: {source: forget.jsonl, count: 2}
          test: {count: 1, look_alikes: 1, ordinary: 1}
        recipe:
          steps: 2
          batch_size: 1
          maximum_tokens: 160
          rank: 2
          validate_every: 2
          validation_prompts: 1
          answer_tokens: 2
          look_alikes: 2
          known_harmful: 2
          objectives:
            look_alike: {batch_size: 1}
            refuse: {batch_size: 1}
            leaked: {loss: uce, set: leaked.jsonl, batch_size: 1, preference: 0.5}
        methods:
          second_set: {}
          off:
            objectives:
              leaked: {enabled: false}
        figures: false
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _screen = new();

    public void Dispose()
    {
        _screen.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_method_is_trained_on_a_second_forget_set_and_nothing_that_is_left_quotes_it()
    {
        string model = Directory.CreateDirectory(Path.Combine(_folder.Path, "model")).FullName, output = Path.Combine(_folder.Path, "output");
        TinyModel.Write(model);
        Write("forget.jsonl", "{\"prompt\": \"how is it done?\", \"answer\": \"so and so\"}");
        Write("leaked.jsonl", "{\"prompt\": \"where sleeps the heron?\", \"answer\": \"the violet heron sleeps at noon\"}");
        ExperimentRecipe recipe = ExperimentRecipeReader.Read(Recipe, Path.Combine(_folder.Path, "tiny.yaml"));
        ExperimentData data = await ExperimentData.LoadAsync(recipe, null, default);
        PlainLines view = new(_screen, TimeProvider.System);
        string trainings = Path.Combine(output, "trainings");
        using EngineCellRunner runner = new(
            new EngineOptions { Model = model, ChatTemplate = "chatml", Threads = 1 }, recipe, data, trainings, TimeProvider.System);
        Experiment experiment = new(recipe, "setting", new CellStore(Path.Combine(output, "cells"), view.Notice), runner, trainings, view) { Files = data.Files };
        await view.ShowAsync(["second_set", "off"], experiment.Cells, () => experiment.RunAsync(default));
        ExperimentReport.Save(output, recipe, "tiny", experiment.Results);

        CellResult[] trained = [.. experiment.Results.Where(result => result.Kind == CellKind.Result)];
        Assert.Equal(["second_set", "off"], trained.Select(result => result.Method));
        Assert.All(trained[0].Steps, step => Assert.True(step.Losses["leaked"] > 0));
        Assert.All(trained[1].Steps, step => Assert.DoesNotContain("leaked", step.Losses.Keys));
        EncryptionTests.AssertNowhere(output, "violet heron", "sleeps the heron");
        Assert.DoesNotContain("heron", _screen.ToString(), StringComparison.Ordinal);
    }

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(_folder.Path, name), content);
}
