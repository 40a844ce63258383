using System.Buffers;
using System.Text;
using Unlearning.Engine.Weights;

namespace Unlearning.Engine.Text;

/// <summary>
/// A model's tokenizer: byte-level BPE (GPT-2, SmolLM2, Llama-3 and their kin) or SentencePiece (Llama-2's), from a tokenizer.json or from
/// the vocabulary of a GGUF file. Adds no token of its own at the ends. Safe for concurrent use.
/// </summary>
public sealed class Tokenizer
{
    private readonly ITextEncoder _encoder;
    private readonly IReadOnlyDictionary<string, int> _vocabulary;
    private readonly Dictionary<string, int> _addedTokens;
    private readonly SearchValues<string> _plainAddedTokens;
    private readonly SearchValues<string> _allAddedTokens;
    private readonly byte[][] _bytesOfToken;
    private readonly HashSet<int> _specialTokens;

    /// <param name="encoder">Encodes the text between added tokens.</param>
    /// <param name="vocabulary">Ids by their spelling in the file.</param>
    /// <param name="addedTokens">Tokens found as a whole.</param>
    /// <param name="bytesOf">The bytes that a vocabulary entry stands for.</param>
    /// <param name="dropsFirstSpace">Whether the encoder puts a space before texts, which decoding takes away.</param>
    /// <exception cref="FormatException">An id is impossible, or there are none.</exception>
    internal Tokenizer(
        ITextEncoder encoder,
        IReadOnlyDictionary<string, int> vocabulary,
        IReadOnlyCollection<AddedToken> addedTokens,
        Func<string, byte[]> bytesOf,
        bool dropsFirstSpace = false)
    {
        _encoder = encoder;
        _vocabulary = vocabulary;
        DropsFirstSpace = dropsFirstSpace;
        _addedTokens = addedTokens.DistinctBy(token => token.Text).ToDictionary(token => token.Text, token => token.Id);
        _specialTokens = [.. addedTokens.Where(token => token.IsSpecial).Select(token => token.Id)];
        _allAddedTokens = Searched(addedTokens);
        _plainAddedTokens = Searched(addedTokens.Where(token => !token.IsSpecial));
        _bytesOfToken = ReadBytes(bytesOf);
    }

    /// <summary>One more than the largest id.</summary>
    public int VocabularySize => _bytesOfToken.Length;

    /// <summary>Ids of the control tokens.</summary>
    public IReadOnlySet<int> SpecialTokens => _specialTokens;

    /// <summary>Whether a space that text begins with is the encoder's own.</summary>
    internal bool DropsFirstSpace { get; }

    /// <summary>Reads a tokenizer.json.</summary>
    /// <exception cref="CheckpointException">The file is damaged or describes a tokenizer of another kind.</exception>
    public static Tokenizer FromFile(string tokenizerJson) => JsonFile.Read(tokenizerJson, TokenizerJson.Read);

    /// <summary>Builds the tokenizer that a GGUF file carries.</summary>
    /// <exception cref="CheckpointException">The vocabulary is damaged or of a kind that is not supported.</exception>
    public static Tokenizer FromVocabulary(GgufVocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        try
        {
            return GgufTokenizer.Read(vocabulary);
        }
        catch (FormatException e)
        {
            throw new CheckpointException(
                vocabulary.File, e.Message, "Put the model's tokenizer.json beside the file, or convert the model again.", e);
        }
    }

    /// <summary>Reads a model's tokenizer: its tokenizer.json, or the vocabulary of its weights' own file where there is none.</summary>
    /// <exception cref="CheckpointException">There is no tokenizer, or it is damaged, of an unsupported kind or another model's.</exception>
    public static Tokenizer FromCheckpoint(ICheckpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var tokenizer = checkpoint.TokenizerJsonPath is { } file ? FromFile(file)
            : checkpoint.ReadVocabulary() is { } vocabulary ? FromVocabulary(vocabulary)
            : throw new CheckpointException(
                checkpoint.Path, "the model comes without a tokenizer", "Copy the model's tokenizer.json into the same folder.");
        var (largest, size) = (tokenizer.LargestTextToken(), checkpoint.Config.VocabularySize);
        return largest < size ? tokenizer : throw new CheckpointException(
            checkpoint.TokenizerJsonPath ?? checkpoint.Path,
            $"the tokenizer has the token id {largest} and the model has {size} embeddings",
            "The tokenizer belongs to another model: copy this model's tokenizer.json into its folder.");
    }

    /// <summary>Encodes text. Nothing is added at the ends.</summary>
    /// <param name="text">Lone surrogates count as U+FFFD.</param>
    /// <param name="recognizeSpecialTokens">
    /// Whether strings such as "&lt;|im_end|&gt;" become control tokens. Leave it off for whatever users wrote.
    /// </param>
    public int[] Encode(string text, bool recognizeSpecialTokens = false)
    {
        var ids = new List<int>(text.Length / 3);
        var added = recognizeSpecialTokens ? _allAddedTokens : _plainAddedTokens;
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var start = rest.IndexOfAny(added);
            var between = start < 0 ? rest : rest[..start];
            if (!between.IsEmpty)
                _encoder.Encode(between, ids);
            if (start < 0)
                break;
            var token = AddedTokenAt(rest[start..], recognizeSpecialTokens);
            ids.Add(_addedTokens[token]);
            rest = rest[(start + token.Length)..];
        }
        return [.. ids];
    }

    /// <summary>Decodes ids; bytes that are no complete UTF-8 show as U+FFFD.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is outside the vocabulary.</exception>
    public string Decode(IEnumerable<int> ids, bool skipSpecialTokens = true)
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var id in ids)
            bytes.Write(BytesOf(id, skipSpecialTokens));
        var written = bytes.WrittenSpan;
        return Encoding.UTF8.GetString(DropsFirstSpace && written is [(byte)' ', ..] ? written[1..] : written);
    }

    /// <summary>The id of a control token by its text, or of a vocabulary entry by its spelling in the file.</summary>
    public bool TryGetTokenId(string token, out int id) => _addedTokens.TryGetValue(token, out id) || _vocabulary.TryGetValue(token, out id);

    /// <summary>A decoder that is fed one id at a time and skips control tokens.</summary>
    public StreamingDecoder CreateStreamingDecoder() => new(this);

    /// <summary>The bytes a token stands for; none for a special token that is to be skipped.</summary>
    internal ReadOnlySpan<byte> BytesOf(int id, bool skipSpecialTokens)
    {
        if ((uint)id >= (uint)_bytesOfToken.Length)
            throw new ArgumentOutOfRangeException(nameof(id), id, $"The vocabulary has {_bytesOfToken.Length} ids.");
        return skipSpecialTokens && _specialTokens.Contains(id) ? [] : _bytesOfToken[id];
    }

    private static SearchValues<string> Searched(IEnumerable<AddedToken> tokens) =>
        SearchValues.Create([.. tokens.Select(token => token.Text)], StringComparison.Ordinal);

    private byte[][] ReadBytes(Func<string, byte[]> bytesOf)
    {
        const int MostTokens = 1 << 20;
        var ids = _vocabulary.Concat(_addedTokens).ToList();
        if (ids.Find(entry => entry.Value is < 0 or >= MostTokens) is { Key: { } token } outside)
            throw new FormatException($"the token '{token}' has the impossible id {outside.Value}");
        if (ids.Count == 0)
            throw new FormatException("the vocabulary is empty");
        var bytes = new byte[ids.Max(entry => entry.Value) + 1][];
        Array.Fill(bytes, []);
        foreach (var (entry, id) in _vocabulary)
            bytes[id] = bytesOf(entry);
        foreach (var (content, id) in _addedTokens)
            bytes[id] = Encoding.UTF8.GetBytes(content);
        return bytes;
    }

    /// <summary>The longest added token that the text begins with.</summary>
    private string AddedTokenAt(ReadOnlySpan<char> text, bool special)
    {
        var longest = "";
        foreach (var (token, id) in _addedTokens)
        {
            var isSought = special || !_specialTokens.Contains(id);
            if (isSought && token.Length > longest.Length && text.StartsWith(token, StringComparison.Ordinal))
                longest = token;
        }
        return longest;
    }

    /// <summary>The largest id that text may become; control tokens may lie beyond the embeddings of a model that never sees them.</summary>
    private int LargestTextToken() => _vocabulary.Values.Where(id => !_specialTokens.Contains(id)).DefaultIfEmpty().Max();
}
