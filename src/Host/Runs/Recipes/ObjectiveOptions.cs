namespace Unlearning.Host.Runs.Recipes;

/// <summary>How one objective takes part in a step. See docs/methods.md.</summary>
public sealed class ObjectiveOptions
{
    /// <summary>False leaves the objective out of the run.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// The set that it reads: forget, normal, retain, look_alike or refuse; or the path of a .jsonl file of prompts and answers, relative to the
    /// home folder (in an experiment, to its recipe). Left out, the set of the objective's own name; an objective of any other name needs it.
    /// </summary>
    public string? Set { get; set; }

    /// <summary>Its loss; left out, uce for the forget set, kl for the normal set and ce for the others. Over a file it must be said.</summary>
    public string? Loss { get; set; }

    /// <summary>Settings of the loss, e.g. <c>beta</c>; the loss's defaults where left out.</summary>
    public IDictionary<string, double> Settings { get; } = new Dictionary<string, double>();

    /// <summary>For a loss of pairs: the set with the answers to reject. Of both sets only prompts that the other has too take part.</summary>
    public string? Rejected { get; set; }

    /// <summary>Sequences (or pairs) of this objective in one step, at least 1; <see cref="RecipeOptions.BatchSize"/> when left out.</summary>
    public int? BatchSize { get; set; }

    /// <summary>
    /// Answer tokens that count, at least 1; what follows is cut. All up to <see cref="RecipeOptions.MaximumTokens"/> when left out. It cuts the set,
    /// so only the objective of the set's own name can have it, and one that reads a file, which it then cuts.
    /// </summary>
    public int? AnswerTokens { get; set; }

    /// <summary>
    /// Positive factor on the length of this objective's gradient after scaling; 1 treats all alike. With the direction <c>weighted_sum</c>
    /// and unscaled gradients it is the loss's weight.
    /// </summary>
    public double Preference { get; set; } = 1;

    /// <summary>Whether it reads a set, as that which it is over or as the answers to reject.</summary>
    internal bool Reads(string set) => Set == set || Rejected == set;
}
