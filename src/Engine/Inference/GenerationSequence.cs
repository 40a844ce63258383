using Unlearning.Engine.Models;
using Unlearning.Engine.Text;

namespace Unlearning.Engine.Inference;

/// <summary>One prompt being continued: its tokens so far, its text, and where it stops.</summary>
internal sealed class GenerationSequence
{
    private readonly Tokenizer _tokenizer;
    private readonly IReadOnlySet<int> _stopTokens;
    private readonly StreamingDecoder _decoder;
    private readonly StopText _text;
    private readonly List<TokenLogProbability> _logProbabilities = [];
    private readonly Dictionary<int, int> _counts = [];

    /// <param name="prompt">At least one token.</param>
    /// <param name="settings">Checked settings.</param>
    /// <param name="tokenizer">The model's own.</param>
    /// <param name="stopTokens">Tokens that end the answer; they are no part of it.</param>
    /// <param name="adapter">Null for the base.</param>
    /// <param name="prefixLength">Leading prompt tokens that other prompts share; below the prompt's length.</param>
    public GenerationSequence(
        int[] prompt, GenerationSettings settings, Tokenizer tokenizer, IReadOnlySet<int> stopTokens, LoraAdapter? adapter = null, int prefixLength = 0)
    {
        Prompt = prompt;
        Settings = settings;
        Adapter = adapter;
        PrefixLength = prefixLength;
        Random = new Random(unchecked((int)(settings.Seed ^ (settings.Seed >> 32))));
        _tokenizer = tokenizer;
        _stopTokens = stopTokens;
        _decoder = tokenizer.CreateStreamingDecoder();
        _text = new StopText(settings.StopStrings);
    }

    public int[] Prompt { get; }

    public GenerationSettings Settings { get; }

    public LoraAdapter? Adapter { get; }

    public int PrefixLength { get; }

    /// <summary>The prompt behind its shared prefix.</summary>
    public ReadOnlySpan<int> Rest => Prompt.AsSpan(PrefixLength);

    public Random Random { get; }

    /// <summary>Generated ids, without the end token.</summary>
    public List<int> Output { get; } = [];

    /// <summary>How often each token stands in <see cref="Output"/>.</summary>
    public IReadOnlyDictionary<int, int> Counts => _counts;

    /// <summary>One entry for each token of <see cref="Output"/>, where the settings ask for them.</summary>
    public IReadOnlyList<TokenLogProbability> LogProbabilities => _logProbabilities;

    /// <summary>Null while it runs.</summary>
    public FinishReason? Finished { get; private set; }

    /// <summary>The answer's text so far, up to a stop string.</summary>
    public string Text => _text.ToString();

    /// <summary>The token that the next decode step reads.</summary>
    public int Last => Output.Count > 0 ? Output[^1] : Prompt[^1];

    /// <summary>Whether one pass can read both prompts behind the same prefix.</summary>
    public bool SharesPrefix(GenerationSequence other) =>
        ReferenceEquals(Adapter, other.Adapter)
        && Prompt.AsSpan(0, PrefixLength).SequenceEqual(other.Prompt.AsSpan(0, other.PrefixLength));

    public void Cancel() => Finished ??= FinishReason.Cancelled;

    /// <summary>Takes the next token and returns the text that may be shown now.</summary>
    public string Accept(SampledToken token)
    {
        if (_stopTokens.Contains(token.Id))
        {
            Finished = FinishReason.Stop;
            return _text.Append(_decoder.Flush(), last: true);
        }

        Output.Add(token.Id);
        _counts[token.Id] = _counts.GetValueOrDefault(token.Id) + 1;
        if (Settings.LogProbabilities is not null)
            _logProbabilities.Add(Describe(token.Id, token.LogProbability, [.. token.Alternatives.Select(other => Describe(other.Id, other.LogProbability, []))]));

        bool full = Output.Count >= Settings.MaximumTokens;
        string piece = _decoder.Append(token.Id);
        string shown = _text.Append(full ? piece + _decoder.Flush() : piece, last: full);
        if (_text.Stopped)
            Finished = FinishReason.Stop;
        else if (full)
            Finished = FinishReason.Length;
        return shown;
    }

    private TokenLogProbability Describe(int id, double logProbability, IReadOnlyList<TokenLogProbability> alternatives) =>
        new(_tokenizer.Decode([id], skipSpecialTokens: false), logProbability, alternatives);
}
