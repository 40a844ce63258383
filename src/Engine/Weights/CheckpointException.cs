namespace Unlearning.Engine.Weights;

/// <summary>A model, tokenizer or adapter file cannot be used. The message is "file: what. fix".</summary>
public sealed class CheckpointException : Exception
{
    /// <summary>Names the file, what is wrong with it and what to do about it.</summary>
    public CheckpointException(string file, string what, string fix, Exception? innerException = null)
        : base($"{file}: {what}. {fix}", innerException)
    {
        File = file;
        What = what;
        Fix = fix;
    }

    /// <summary>The file or folder at fault.</summary>
    public string File { get; }

    /// <summary>What is wrong, without a closing full stop.</summary>
    public string What { get; }

    /// <summary>What the reader can do, as a sentence.</summary>
    public string Fix { get; }
}
