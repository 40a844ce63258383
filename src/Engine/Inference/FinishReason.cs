namespace Unlearning.Engine.Inference;

/// <summary>Why a sequence ended.</summary>
public enum FinishReason
{
    /// <summary>An end token or a stop string.</summary>
    Stop,

    /// <summary>The token limit.</summary>
    Length,

    /// <summary>The caller went away.</summary>
    Cancelled,
}
