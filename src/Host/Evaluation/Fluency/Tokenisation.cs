namespace Unlearning.Host.Evaluation.Fluency;

/// <summary>How a text is cut into words before n-grams are counted. None of them lower-cases.</summary>
public enum Tokenisation
{
    /// <summary>At runs of white space, as Python's <c>str.split()</c> does.</summary>
    Whitespace,

    /// <summary>Runs of letters, digits and underscores, and every other visible character alone: Python's <c>\w+|[^\w\s]</c>. The
    /// project's metric uses this one.</summary>
    Words,

    /// <summary>NLTK's Penn Treebank words, without its sentence splitting.</summary>
    Treebank,
}
