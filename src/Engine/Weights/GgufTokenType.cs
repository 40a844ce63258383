namespace Unlearning.Engine.Weights;

/// <summary>What a token of a GGUF vocabulary is, with the ids of llama.h.</summary>
public enum GgufTokenType
{
    /// <summary>Not said.</summary>
    Undefined = 0,

    /// <summary>A piece of text.</summary>
    Normal = 1,

    /// <summary>Stands for what the vocabulary cannot spell.</summary>
    Unknown = 2,

    /// <summary>Marks the structure of the input; never comes from text.</summary>
    Control = 3,

    /// <summary>Text that is one token wherever it stands.</summary>
    UserDefined = 4,

    /// <summary>Never occurs.</summary>
    Unused = 5,

    /// <summary>One byte, as "&lt;0x0A&gt;".</summary>
    Byte = 6,
}
