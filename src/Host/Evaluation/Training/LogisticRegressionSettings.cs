namespace Unlearning.Host.Evaluation.Training;

/// <summary>How a logistic regression is fitted.</summary>
internal sealed record LogisticRegressionSettings
{
    /// <summary>Inverse strength of the penalty: larger fits closer.</summary>
    public required double C { get; init; }

    /// <summary>Features in fewer examples than this get no weight: they would be learnt by heart.</summary>
    public int MinimumOccurrences { get; init; } = 2;

    /// <summary>Whether features are scaled by how differently the classes use them.</summary>
    public bool CountRatioScaling { get; init; } = true;

    /// <summary>Most steps of the optimiser.</summary>
    public int Iterations { get; init; } = 200;
}
