namespace Unlearning.Engine.Inference;

/// <summary>The prompt and the room asked for its answer exceed the model's context.</summary>
public sealed class ContextLengthException : Exception
{
    /// <summary>Creates the error with its cause and fix.</summary>
    public ContextLengthException(int promptTokens, int maximumTokens, int context)
        : base($"The prompt has {promptTokens} tokens and up to {maximumTokens} more were asked for, but the model's context is {context}. " +
               "Shorten the conversation or lower the maximum of output tokens.")
    {
    }

    /// <summary>Creates the error.</summary>
    public ContextLengthException()
    {
    }

    /// <summary>Creates the error.</summary>
    public ContextLengthException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error.</summary>
    public ContextLengthException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
