namespace Unlearning.Host.Runs;

/// <summary>How one objective takes part in a step.</summary>
public sealed class ObjectiveOptions
{
    /// <summary>Sequences of this objective in one step, at least 1; <see cref="RecipeOptions.BatchSize"/> when left out.</summary>
    public int? BatchSize { get; set; }

    /// <summary>Answer tokens that count, at least 1; what follows is cut. All up to <see cref="RecipeOptions.MaximumTokens"/> when left out.</summary>
    public int? AnswerTokens { get; set; }

    /// <summary>Positive factor on the length of this objective's gradient after scaling; 1 treats all alike.</summary>
    public double Preference { get; set; } = 1;
}
