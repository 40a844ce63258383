namespace Unlearning.Engine.Weights;

/// <summary>A model, tokenizer or adapter file cannot be used. The message is "file: what. fix".</summary>
public sealed class CheckpointException : Exception
{
    /// <summary>Names the file, what is wrong with it and what to do about it.</summary>
    public CheckpointException(string file, string what, string fix, Exception? innerException = null)
        : base($"{file}: {OneLine(what)}. {OneLine(fix)}", innerException)
    {
        File = file;
        What = OneLine(what);
        Fix = OneLine(fix);
    }

    /// <summary>The file or folder at fault.</summary>
    public string File { get; }

    /// <summary>What is wrong, without a closing full stop.</summary>
    public string What { get; }

    /// <summary>What the reader can do, as a sentence.</summary>
    public string Fix { get; }

    /// <summary>Names and values come from the file, which may hold anything and be megabytes long.</summary>
    private static string OneLine(string text)
    {
        const int Longest = 300;
        var shown = text.Length > Longest ? $"{text.AsSpan(0, Longest)}..." : text;
        return string.Concat(shown.Select(c => char.IsControl(c) ? ' ' : c));
    }
}
