namespace Unlearning.Plugin.Classifiers;

/// <summary>Which n-grams a text classifier looks at. Stored with its weights.</summary>
public sealed record TextFeatureSettings
{
    /// <summary>Features are hashed into 2^bits buckets.</summary>
    public required int HashBits { get; init; }

    /// <summary>Word n-grams from 1 to this order; 0 for none.</summary>
    public required int WordOrder { get; init; }

    /// <summary>Shortest character n-gram; 0 for none.</summary>
    public int CharacterFrom { get; init; }

    /// <summary>Longest character n-gram.</summary>
    public int CharacterTo { get; init; }

    /// <summary>
    /// Each family of n features is scaled by n^-Damping: 0.5 gives every text the same length, so that long ones dilute a telling
    /// word; 0 lets every feature count in full.
    /// </summary>
    public double Damping { get; init; } = 0.5;

    /// <summary>Only this many words from the start are read; 0 reads all.</summary>
    public int MaximumWords { get; init; }

    /// <summary>N-grams that begin among this many first words count a second time as n-grams of the opening.</summary>
    public int OpeningWords { get; init; }
}
