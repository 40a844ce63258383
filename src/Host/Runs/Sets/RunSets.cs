using System.Text.Json;
using System.Text.Json.Serialization;
using Unlearning.Engine.Text;
using Unlearning.Engine.Training;
using Unlearning.Host.Evaluation;
using Unlearning.Host.Runs.Recipes;

namespace Unlearning.Host.Runs.Sets;

/// <summary>The sets of one run as token ids, frozen when the run selects, so that a resumed run trains on the same data.</summary>
/// <param name="Forget">Harmful answers.</param>
/// <param name="Normal">Ordinary prompts and look-alikes on which the model must stay as it was.</param>
/// <param name="Retain">Ordinary answers to keep good at.</param>
/// <param name="LookAlike">The base's own answers to harmless look-alikes of harmful prompts.</param>
/// <param name="Refuse">The policies' refusals of the harmful prompts.</param>
/// <param name="Incidents">Incidents that the run remediates.</param>
/// <param name="Parent">Release that was live when the run selected; training starts from its adapter.</param>
internal sealed record RunSets(
    IReadOnlyList<AnswerExample> Forget,
    IReadOnlyList<AnswerExample> Normal,
    IReadOnlyList<AnswerExample> Retain,
    IReadOnlyList<AnswerExample> LookAlike,
    IReadOnlyList<AnswerExample> Refuse,
    IReadOnlyList<Guid> Incidents,
    string Parent)
{
    /// <summary>Names of the sets. Each has an objective of its own name, unless the recipe leaves it out.</summary>
    public static IReadOnlyList<string> Names { get; } = ["forget", "normal", "retain", "look_alike", "refuse"];

    /// <summary>The files that objectives read, by the path as the recipe writes it; null where none does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, IReadOnlyList<AnswerExample>>? Files { get; init; }

    /// <summary>The forgotten answers as texts, for the evaluation that asks what is left of them.</summary>
    public IReadOnlyList<ReferenceAnswer> Forgotten { get; init; } = [];

    /// <summary>Prompts of incidents that earlier runs remediated, for the evaluation that asks them again.</summary>
    public IReadOnlyList<EvaluationPrompt> Earlier { get; init; } = [];

    /// <summary>How many of the incidents were filed under each hazard.</summary>
    public IReadOnlyDictionary<string, int> Hazards { get; init; } = new SortedDictionary<string, int>(StringComparer.Ordinal);

    /// <summary>The loss of an objective over the set, where the recipe names none.</summary>
    public static string DefaultLoss(string set) => set switch
    {
        "forget" => "uce",
        "normal" => "kl",
        _ => "ce",
    };

    /// <summary>The objectives of the recipe over these sets, in the order of <see cref="Enabled"/>.</summary>
    /// <exception cref="RunException">An objective reads a file that is not among these sets, or its two sets have no prompt in common.</exception>
    public IReadOnlyList<TrainingObjective> Objectives(RecipeOptions recipe) =>
        [.. Enabled(recipe).Select(objective => Objective(objective.Name, objective.Options, recipe))];

    /// <summary>The objectives that a recipe trains: those of the sets' own names first, then the others by name.</summary>
    public static IEnumerable<(string Name, ObjectiveOptions Options)> Enabled(RecipeOptions recipe)
    {
        IEnumerable<string> own = Names.Where(name => name switch
        {
            "look_alike" => recipe.LookAlikeObjective,
            "refuse" => recipe.RefusalObjective,
            _ => true,
        });
        IEnumerable<string> others = recipe.Objectives.Keys.Except(Names).Order(StringComparer.Ordinal);
        return own.Concat(others)
            .Select(name => (Name: name, Options: recipe.Objectives.TryGetValue(name, out ObjectiveOptions? options) ? options : new ObjectiveOptions()))
            .Where(objective => objective.Options.Enabled);
    }

    /// <summary>Sizes by set.</summary>
    public IReadOnlyDictionary<string, int> Sizes()
    {
        Dictionary<string, int> sizes = new()
        {
            ["forget"] = Forget.Count,
            ["normal"] = Normal.Count,
            ["retain"] = Retain.Count,
            ["look_alike"] = LookAlike.Count,
            ["refuse"] = Refuse.Count,
        };
        foreach ((string path, IReadOnlyList<AnswerExample> examples) in Files ?? new Dictionary<string, IReadOnlyList<AnswerExample>>())
            sizes[path] = examples.Count;
        return sizes;
    }

    /// <summary>Bytes of the sets, for the run folder and for their hash.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    public static RunSets FromBytes(byte[] bytes) =>
        JsonSerializer.Deserialize<RunSets>(bytes) ?? throw new JsonException("The sets of the run are empty.");

    private TrainingObjective Objective(string name, ObjectiveOptions options, RecipeOptions recipe)
    {
        string set = options.Set ?? name;
        TrainingObjective objective = new(
            name, options.Loss ?? DefaultLoss(set), Set(set, recipe), options.BatchSize, new Dictionary<string, double>(options.Settings));
        if (options.Rejected is null)
            return objective;

        // A pair is two answers to the same prompt; answers were left out of either set for being empty, prompts for being long.
        Dictionary<string, AnswerExample> rejected = Set(options.Rejected, recipe).GroupBy(Prompt).ToDictionary(group => group.Key, group => group.First());
        AnswerExample[] chosen = [.. objective.Examples.Where(example => rejected.ContainsKey(Prompt(example)))];
        if (chosen.Length == 0 && objective.Examples.Count > 0 && rejected.Count > 0)
        {
            throw new RunException(
                $"Objective '{name}': no prompt of '{set}' is also one of '{options.Rejected}', so there is no pair to prefer one answer of",
                "Answer the same prompts in both, or take the objective out");
        }

        return objective with { Examples = chosen, Rejected = [.. chosen.Select(example => rejected[Prompt(example)])] };

        static string Prompt(AnswerExample example) => string.Join(' ', example.Ids.TakeWhile((_, t) => !example.AnswerMask[t]));
    }

    private IReadOnlyList<AnswerExample> Set(string name, RecipeOptions recipe) => name switch
    {
        "forget" => Forget,
        "normal" => Normal,
        "look_alike" => LookAlike,
        "refuse" => Refuse,
        _ when SetFile.IsNamedBy(name) => Files?.GetValueOrDefault(name) ?? throw new RunException(
            $"The run has selected its sets, and '{name}' is not among them", "Retry it from 'select', or set the recipe back"),
        _ => [.. Retain, .. recipe.LookAlikeObjective ? [] : LookAlike, .. recipe.RefusalObjective ? [] : Refuse],
    };
}
