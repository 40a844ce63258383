namespace Unlearning.Host.Evaluation.Classifiers;

/// <summary>What judges toxicity and obscenity.</summary>
public enum ToneClassifier
{
    /// <summary>N-grams alone: quick, and the form that the committed results of experiments were measured with.</summary>
    NGrams,

    /// <summary>N-grams and the meaning of the sentence, the better judge outside its training.</summary>
    Blend,
}
