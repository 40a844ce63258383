using Unlearning.Engine.Inference;
using Unlearning.Engine.Models;
using Unlearning.Host.Releases;
using Unlearning.Host.Runs.Progress;
using Unlearning.Host.Runs.Recipes;
using Unlearning.Host.Runs.Sets;
using Unlearning.Host.Runs.Training;

namespace Unlearning.Host.Runs.Stages;

/// <summary>Trains the adapter from its last checkpoint to its end, or finds it trained.</summary>
internal sealed class TrainStage(LlamaEngine engine, RecipeOptions recipe, ReleaseStore releases, TimeProvider time)
{
    /// <summary>Trains.</summary>
    /// <param name="folder">Holds the checkpoints and takes the adapter.</param>
    /// <param name="sets">What to train on.</param>
    /// <param name="selection">What they are.</param>
    /// <param name="report">Takes every step.</param>
    /// <param name="checkpointed">Called where training may stop; it may throw.</param>
    /// <param name="cancellationToken">Stops between steps and inside the model.</param>
    /// <exception cref="RunException">The training began with another recipe than the one configured now.</exception>
    public async Task<(Trained Trained, TrainingRecipe Recipe)> RunAsync(
        RunFolder folder, RunSets sets, Selection selection, Action<RunProgress> report, Action checkpointed, CancellationToken cancellationToken)
    {
        TrainingRecipe? began = folder.Read<TrainingRecipe>(RunFolder.Recipe);
        if (began is not null && folder.Read<Trained>(RunFolder.Trained) is { } done)
            return (done, began);

        TrainingRecipe now = TrainingRecipe.Of(recipe, sets, selection, engine);
        began ??= folder.Write(RunFolder.Recipe, now);
        if (began.Identity != now.Identity)
        {
            throw new RunException(
                $"{RecipeOptions.SectionName} is not what it was when the run began to train",
                "Set it back, or retry the run from 'unlearn' to train by the new recipe");
        }

        report(new RunProgress { Stage = RunStage.Unlearn, TotalSteps = recipe.Steps });
        using LoraAdapter? parent = sets.Parent == Release.BaseId
            ? null
            : await AssistantEngine.LoadAdapterAsync(engine, releases.Verify(sets.Parent).Folder, cancellationToken).ConfigureAwait(false);
        UnlearnStage unlearn = new(engine, recipe, report, time) { Checkpointed = checkpointed };
        UnlearnResult result = await unlearn.RunAsync(folder.Path, sets, parent, began.Identity, cancellationToken).ConfigureAwait(false);
        using LoraAdapter adapter = result.Adapter;
        return (folder.Write(RunFolder.Trained, Trained.Of(result)), began);
    }
}
