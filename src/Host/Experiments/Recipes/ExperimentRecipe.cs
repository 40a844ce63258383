using Unlearning.Host.Evaluation;
using Unlearning.Host.Runs.Recipes;

namespace Unlearning.Host.Experiments.Recipes;

/// <summary>What one experiment file asks for, checked and with every default filled in. See docs/experiments.md.</summary>
internal sealed record ExperimentRecipe
{
    /// <summary>The model name that stands for the embedded one.</summary>
    public const string DefaultModel = "default";

    /// <summary>Name of the experiment and of its output folder.</summary>
    public required string Name { get; init; }

    /// <summary>The folder of its file.</summary>
    public string Folder { get; init; } = "";

    /// <summary>One or two sentences for the report.</summary>
    public string Description { get; init; } = "";

    /// <summary><see cref="DefaultModel"/>, or a GGUF file or Hugging Face folder; a relative path is relative to the recipe's folder.</summary>
    public string Model { get; init; } = DefaultModel;

    /// <summary>A torch device; null leaves it to the settings (<c>Engine:Device</c>).</summary>
    public string? Device { get; init; }

    /// <summary>Seeds of the adapter's start and of every shuffle; each method is trained once with each.</summary>
    public required IReadOnlyList<int> Seeds { get; init; }

    /// <summary>The answers to forget.</summary>
    public required PromptSource Forget { get; init; }

    /// <summary>The harmful prompts that the models are asked.</summary>
    public required PromptSource Test { get; init; }

    /// <summary>How many bundled look-alikes are asked.</summary>
    public int LookAlikes { get; init; } = int.MaxValue;

    /// <summary>How many bundled ordinary prompts are scored.</summary>
    public int Ordinary { get; init; } = int.MaxValue;

    /// <summary>Seed of the trainings that choose a learning rate.</summary>
    public int TuningSeed { get; init; }

    /// <summary>Steps of those trainings; null is as many as the method's recipe has.</summary>
    public int? TuningSteps { get; init; }

    /// <summary>What all methods share.</summary>
    public required RecipeOptions Shared { get; init; }

    /// <summary>The methods, in the file's order.</summary>
    public required IReadOnlyList<ExperimentMethod> Methods { get; init; }

    /// <summary>The runs in a row that each method makes with the first seed; null is none.</summary>
    public SuccessivePlan? Successive { get; init; }

    /// <summary>What is measured beyond the standard metrics.</summary>
    public EvaluationOptions Evaluation { get; init; } = new();

    /// <summary>Whether figures are drawn.</summary>
    public bool Figures { get; init; } = true;
}
