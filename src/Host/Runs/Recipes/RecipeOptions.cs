using System.Text.Json.Serialization;
using Unlearning.Engine.Directions;
using Unlearning.Engine.Models;
using Unlearning.Engine.Training;
using Unlearning.Engine.Training.Optimizers;

namespace Unlearning.Host.Runs.Recipes;

/// <summary>The default recipe of a run; see docs/decisions/default-recipe.md for why these values.</summary>
/// <remarks>
/// The hashes of an experiment's cells are over these options. One that is added later is left out of the JSON where it says what was so before
/// it, so that cells from then still count as what they are.
/// </remarks>
public sealed class RecipeOptions
{
    /// <summary>Configuration section these options bind from.</summary>
    public const string SectionName = "Unlearning:Recipe";

    /// <summary>Training steps at most, see <see cref="Patience"/>.</summary>
    public int Steps { get; set; } = 20;

    /// <summary>Sequences of each objective in one step.</summary>
    public int BatchSize { get; set; } = 2;

    /// <summary>
    /// What differs between the objectives, by name: forget, normal, retain, look_alike and refuse, each over the set of its name, and
    /// others that read one of these sets or a file (<see cref="ObjectiveOptions.Set"/>).
    /// </summary>
    public IDictionary<string, ObjectiveOptions> Objectives { get; } = new Dictionary<string, ObjectiveOptions>
    {
        ["normal"] = new() { AnswerTokens = 30 },
        ["look_alike"] = new() { BatchSize = 8, AnswerTokens = 12, Preference = 1.75 },
        ["refuse"] = new() { BatchSize = 6 },
    };

    /// <summary>Tokens at which a training sequence is cut.</summary>
    public int MaximumTokens { get; set; } = 72;

    /// <summary>First step size; it falls linearly to 0.</summary>
    public double LearningRate { get; set; } = 8e-4;

    /// <summary>Steps over which the step size rises to its first value.</summary>
    public int WarmupSteps { get; set; } = 3;

    /// <summary><c>adamw</c> or <c>sgd</c>.</summary>
    public string Optimizer { get; set; } = "adamw";

    /// <summary>The rule that combines the gradients, see <see cref="Engine.Directions.Direction.Names"/>.</summary>
    public string Direction { get; set; } = "dual_space";

    /// <summary>How gradients are scaled before they are combined.</summary>
    public GradientScaling Normalize { get; set; } = GradientScaling.Unit;

    /// <summary>The length that the direction is brought to.</summary>
    public DirectionRescale Rescale { get; set; } = DirectionRescale.None;

    /// <summary>The most by which <see cref="Rescale"/> may lengthen a direction, at least 1: one that almost vanished is mostly noise.</summary>
    public double RescaleCap { get; set; } = 10;

    /// <summary>
    /// A gradient of at most this share of the longest one is left out of a step, from 0 to below 1. Null (the default) goes by the precision:
    /// 1e-12 in float64, else 1e-6, which the noise in place of the first step's KL gradient may exceed. See docs/methods.md.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? InactiveThreshold { get; set; }

    /// <summary>LoRA rank of a fresh adapter; a run that starts from a release keeps that release's.</summary>
    public int Rank { get; set; } = 16;

    /// <summary>LoRA alpha, likewise.</summary>
    public double Alpha { get; set; } = 32;

    /// <summary>Seed of the adapter's start and of every shuffle.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>Whether answers to harmless look-alikes are an objective of their own; otherwise they are part of the retain set.</summary>
    public bool LookAlikeObjective { get; set; } = true;

    /// <summary>Whether refusals of harmful prompts are an objective of their own; otherwise they are part of the retain set.</summary>
    public bool RefusalObjective { get; set; } = true;

    /// <summary>
    /// Harmless look-alikes that are trained on: the bundled ones of the training split but for some that help to choose the checkpoint, then
    /// those written for this project. The base answers each once.
    /// </summary>
    public int LookAlikes { get; set; } = 160;

    /// <summary>Bundled harmful prompts that are refused beside the incidents' own, so that the refusal reaches further than to them.</summary>
    public int KnownHarmful { get; set; } = 200;

    /// <summary>Steps between checkpoints.</summary>
    public int CheckpointEvery { get; set; } = 4;

    /// <summary>Steps between measurements on the validation split.</summary>
    public int ValidateEvery { get; set; } = 4;

    /// <summary>The first step after which the validation split may be asked; the last step always is.</summary>
    public int ValidateFrom { get; set; } = 12;

    /// <summary>How many measurements in a row may be no better than the best before training ends early; 0 trains all steps.</summary>
    public int Patience { get; set; } = 1;

    /// <summary>Prompts of each kind that a validation asks at most.</summary>
    public int ValidationPrompts { get; set; } = 64;

    /// <summary>How much over-refusal may rise on the validation split for a checkpoint to be chosen, 0 to 1.</summary>
    public double ValidationOverRefusal { get; set; } = 0.03;

    /// <summary>How much the broken rate may rise on the validation split for a checkpoint to be chosen, 0 to 1.</summary>
    public double ValidationBroken { get; set; } = 0.02;

    /// <summary>
    /// The least fluency of answers to harmful prompts on the validation split, as a share of the base's, 0 to 1. A checkpoint below it, or with more
    /// broken answers than <see cref="ValidationBroken"/> allows, is chosen only where none is better. With 0 fluency is not looked at, and
    /// broken answers weigh like over-refusal: the rule by which the committed results of experiments were made.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double ValidationFluency { get; set; } = 0.95;

    /// <summary>Fewest incidents worth a run.</summary>
    public int MinimumIncidents { get; set; } = 8;

    /// <summary>Tokens of an evaluation answer.</summary>
    public int AnswerTokens { get; set; } = 32;

    /// <summary>The folder that paths of sets are relative to; null is the home folder.</summary>
    internal string? Folder { get; set; }

    /// <summary>The engine's settings for this recipe.</summary>
    /// <param name="objectives">Names of the objectives of the run, in their order.</param>
    public TrainingSettings ToSettings(IEnumerable<string> objectives) => new()
    {
        Steps = Steps,
        BatchSize = BatchSize,
        LearningRate = LearningRate,
        WarmupSteps = WarmupSteps,
        Optimizer = Optimizer,
        AdamW = new AdamWSettings { WeightDecay = 0 },
        Direction = Direction,
        DirectionOptions = new DirectionOptions
        {
            Normalize = Normalize,
            Rescale = Rescale,
            RescaleCap = RescaleCap,
            Preferences = [.. objectives.Select(objective => Objectives.TryGetValue(objective, out ObjectiveOptions? own) ? own.Preference : 1)],
        },
        InactiveThreshold = InactiveThreshold,
        Lora = new LoraSettings(Rank, Alpha),
        Seed = Seed,
    };

    /// <summary>The same recipe with another step size, seed and number of steps.</summary>
    internal RecipeOptions With(double learningRate, int seed, int steps)
    {
        RecipeOptions copy = (RecipeOptions)MemberwiseClone();
        (copy.LearningRate, copy.Seed, copy.Steps) = (learningRate, seed, steps);
        return copy;
    }
}
