using System.Text.Json;
using Unlearning.Engine.Text;
using Unlearning.Engine.Training;
using Unlearning.Host.Evaluation;

namespace Unlearning.Host.Runs;

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
    /// <summary>The forgotten answers as texts, for the evaluation that asks what is left of them.</summary>
    public IReadOnlyList<ReferenceAnswer> Forgotten { get; init; } = [];

    /// <summary>Names that an objective of a run can have.</summary>
    public static IReadOnlyList<string> ObjectiveNames { get; } = ["forget", "normal", "retain", "look_alike", "refuse"];

    /// <summary>The objectives of the recipe over these sets.</summary>
    public IReadOnlyList<TrainingObjective> Objectives(RecipeOptions recipe)
    {
        List<AnswerExample> retain = [.. Retain];
        List<TrainingObjective> more = [];
        Add("look_alike", LookAlike, recipe.LookAlikeObjective);
        Add("refuse", Refuse, recipe.RefusalObjective);
        return [Objective("forget", "uce", Forget), Objective("normal", "kl", Normal), Objective("retain", "ce", retain), .. more];

        void Add(string name, IReadOnlyList<AnswerExample> examples, bool own)
        {
            if (own)
                more.Add(Objective(name, "ce", examples));
            else
                retain.AddRange(examples);
        }

        TrainingObjective Objective(string name, string loss, IReadOnlyList<AnswerExample> examples) =>
            new(name, loss, examples, recipe.Objectives.TryGetValue(name, out ObjectiveOptions? own) ? own.BatchSize : null);
    }

    /// <summary>Sizes by objective.</summary>
    public IReadOnlyDictionary<string, int> Sizes() => new Dictionary<string, int>
    {
        ["forget"] = Forget.Count,
        ["normal"] = Normal.Count,
        ["retain"] = Retain.Count,
        ["look_alike"] = LookAlike.Count,
        ["refuse"] = Refuse.Count,
    };

    /// <summary>Bytes of the sets, for the run folder and for their hash.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    public static RunSets FromBytes(byte[] bytes) =>
        JsonSerializer.Deserialize<RunSets>(bytes) ?? throw new JsonException("The sets of the run are empty.");
}
