using Unlearning.Engine;
using Unlearning.Engine.Weights;
using Unlearning.Host.Experiments.Cells;
using Unlearning.Host.Experiments.Data;
using Unlearning.Host.Experiments.Recipes;
using Unlearning.Host.Experiments.Results;
using Unlearning.Host.Experiments.Views;

namespace Unlearning.Host.Experiments;

/// <summary>
/// One invocation of the verb: finds model and data, runs the experiment and leaves the report, also of what was done until it was stopped.
/// </summary>
internal sealed class ExperimentSession(
    ExperimentRecipe recipe, string folder, string? dataSets, IExperimentView view, TextWriter screen, TimeProvider time)
{
    /// <summary>Runs it.</summary>
    /// <exception cref="CheckpointException">The model cannot be used.</exception>
    /// <exception cref="InvalidDataException">Data is missing or not what it should be.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; the report of what is done is written.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        ExperimentRecipe whole = RecipeText.Read(recipe, dataSets);
        EngineOptions engine = Engine();
        ExperimentData data = await ExperimentData.LoadAsync(recipe, dataSets, cancellationToken).ConfigureAwait(false);
        (string model, string hash) = Model(engine.Model);
        string setting = CellSetting.Of(hash, data.Hash, engine, recipe.Shared);
        string trainings = Path.Combine(folder, "trainings");
        CellStore store = new(Path.Combine(folder, "cells"), view.Notice);
        using EngineCellRunner runner = new(engine, whole, data, trainings, time);
        Experiment experiment = new(whole, setting, store, runner, trainings, view) { Files = data.Files };
        string seeds = string.Join(", ", recipe.Seeds);
        await screen.WriteLineAsync(
            $"{recipe.Name}: {recipe.Methods.Count} methods, seeds {seeds}, {experiment.Cells} cells, model {model}").ConfigureAwait(false);
        try
        {
            await view.ShowAsync(
                [.. recipe.Methods.Select(method => method.Name)], experiment.Cells, () => experiment.RunAsync(cancellationToken)).ConfigureAwait(false);
        }
        finally
        {
            if (experiment.Results.Count > 0)
            {
                ExperimentReport.Save(folder, recipe, model, experiment.Results);
                await screen.WriteLineAsync($"Results and figures: {Path.Combine(folder, "results.md")}").ConfigureAwait(false);
            }
        }

        if (Directory.Exists(trainings))
            Directory.Delete(trainings, recursive: true);
    }

    private static (string Name, string Hash) Model(string path)
    {
        using ICheckpoint checkpoint = Checkpoint.Open(path);
        return (Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(path)), checkpoint.ContentHash());
    }

    /// <summary>The engine's settings are the service's (how it computes); which model and where is the recipe's.</summary>
    private EngineOptions Engine()
    {
        string home = HomeFolder.Find();
        EngineOptions options = new();
        new ConfigurationBuilder().AddJsonFile(Path.Combine(home, "appsettings.json")).AddEnvironmentVariables().Build()
            .GetSection(EngineOptions.SectionName).Bind(options);
        options.Model = recipe.Model == ExperimentRecipe.DefaultModel ? Path.GetFullPath(new EngineOptions().Model, home) : recipe.Model;
        options.Device = recipe.Device ?? options.Device;
        return options;
    }
}
