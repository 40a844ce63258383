using System.Security.Cryptography;
using Unlearning.Engine.Inference;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Incidents;
using Unlearning.Host.Privacy;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Runs.Recipes;
using Unlearning.Host.Runs.Sets;
using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Runs.Stages;

/// <summary>Chooses the incidents and builds the sets, once: a resumed run works on the same ones, unless they were erased.</summary>
internal sealed class SelectStage(
    LlamaEngine engine,
    RecipeOptions recipe,
    EvaluationOptions evaluation,
    IncidentSelection selection,
    IPolicySource policies,
    LiveReleaseJournal journal,
    TextProtector protector)
{
    public async Task<(RunSets Sets, Selection Selection)> RunAsync(RunFolder folder, Action begin, CancellationToken cancellationToken)
    {
        RunSets sets;
        if (RunSetsFile.Exists(folder.Path))
        {
            sets = RunSetsFile.Read(folder.Path, protector);
        }
        else
        {
            // Sets that were erased take with them what was made of them.
            begin();
            RunSetsFile.Delete(folder.Path);
            sets = await SelectAsync(cancellationToken).ConfigureAwait(false);
            RunSetsFile.Write(folder.Path, sets, protector);
        }

        Selection made = folder.Read<Selection>(RunFolder.Selection) ?? folder.Write(
            RunFolder.Selection,
            new Selection(engine.BaseHash, Convert.ToHexStringLower(SHA256.HashData(sets.ToBytes())), policies.Current.Revision));
        return made.BaseModelHash == engine.BaseHash
            ? (sets, made)
            : throw new RunException(
                $"The run began on the base model with SHA-256 {made.BaseModelHash}, but {engine.BaseHash} is loaded now",
                "Put that model back and retry the run, or start another run");
    }

    private async Task<RunSets> SelectAsync(CancellationToken cancellationToken)
    {
        SelectedIncidents selected = await selection.SelectAsync(engine.BaseHash, cancellationToken).ConfigureAwait(false);
        string parent = journal.Read().Current;
        RunSets sets = selected.Forget.Count == 0
            ? new RunSets([], [], [], [], [], [], parent)
            : await new SetBuilder(policies).BuildAsync(selected, parent, engine, recipe, cancellationToken).ConfigureAwait(false);
        if (evaluation.EarlierIncidents == 0)
            return sets;
        IReadOnlyList<Incident> earlier =
            await selection.EarlierAsync(engine.BaseHash, evaluation.EarlierIncidents, cancellationToken).ConfigureAwait(false);
        return sets with
        {
            Earlier = [.. earlier.Select(incident =>
                new EvaluationPrompt(incident.Id.ToString("N"), incident.Prompt, PromptKind.Harmful, incident.Hazard, "incidents"))],
        };
    }
}
