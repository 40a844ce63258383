namespace Unlearning.Plugin.Classifiers;

/// <summary>What a text classifier is and how it was made.</summary>
public sealed record TextClassifierCard
{
    /// <summary>The class it recognises, for example <c>refusal</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The n-grams it reads.</summary>
    public required TextFeatureSettings Features { get; init; }

    /// <summary>The intercept of the logistic regression.</summary>
    public required double Bias { get; init; }

    /// <summary>From this probability on a text counts as one of the class.</summary>
    public required double Threshold { get; init; }

    /// <summary>The data sets it was trained on, with their licences.</summary>
    public required string TrainedOn { get; init; }

    /// <summary>How many texts it was trained on.</summary>
    public required int Examples { get; init; }
}
