using System.Text;
using Unlearning.Engine.Text;

namespace Unlearning.Engine.Inference;

/// <summary>One prompt being continued: its tokens so far, its text, and where it stops.</summary>
internal sealed class GenerationSequence
{
    private readonly IReadOnlySet<int> _stopTokens;
    private readonly StreamingDecoder _decoder;
    private readonly StringBuilder _text = new();
    private readonly int _longestStop;
    private int _emitted;

    public GenerationSequence(IReadOnlyList<int> prompt, GenerationSettings settings, Tokenizer tokenizer, IReadOnlySet<int> stopTokens)
    {
        Prompt = prompt;
        Settings = settings;
        Random = new Random(unchecked((int)(settings.Seed ^ (settings.Seed >> 32))));
        _stopTokens = stopTokens;
        _decoder = tokenizer.CreateStreamingDecoder();
        _longestStop = settings.StopStrings.Count == 0 ? 0 : settings.StopStrings.Max(stop => stop.Length);
    }

    public IReadOnlyList<int> Prompt { get; }

    public GenerationSettings Settings { get; }

    public Random Random { get; }

    /// <summary>Generated ids, without the end token.</summary>
    public List<int> Output { get; } = [];

    /// <summary>Null while it runs.</summary>
    public FinishReason? Finished { get; private set; }

    /// <summary>The answer's text so far, up to a stop string.</summary>
    public string Text => _text.ToString();

    /// <summary>The token that the next decode step reads.</summary>
    public int Last => Output.Count > 0 ? Output[^1] : Prompt[^1];

    public void Cancel() => Finished ??= FinishReason.Cancelled;

    /// <summary>Takes the next token and returns the text that may be shown now.</summary>
    public string Accept(int token)
    {
        if (_stopTokens.Contains(token))
            return End(FinishReason.Stop);

        Output.Add(token);
        _text.Append(_decoder.Append(token));
        if (StopAt() is int stop)
        {
            _text.Length = stop;
            Finished = FinishReason.Stop;
            return Emit(_text.Length);
        }

        if (Output.Count >= Settings.MaximumTokens)
            return End(FinishReason.Length);

        // Text that might turn out to be the start of a stop string is held back.
        return Emit(_text.Length - Math.Max(0, _longestStop - 1));
    }

    private string End(FinishReason reason)
    {
        _text.Append(_decoder.Flush());
        if (StopAt() is int stop)
            _text.Length = stop;
        Finished = reason;
        return Emit(_text.Length);
    }

    private string Emit(int end)
    {
        if (end <= _emitted)
            return "";
        string shown = _text.ToString(_emitted, end - _emitted);
        _emitted = end;
        return shown;
    }

    private int? StopAt()
    {
        if (_longestStop == 0)
            return null;
        string text = _text.ToString();
        int first = Settings.StopStrings
            .Select(stop => text.IndexOf(stop, StringComparison.Ordinal))
            .Where(index => index >= 0)
            .DefaultIfEmpty(-1)
            .Min();
        return first >= 0 ? first : null;
    }
}
