using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Unlearning.Engine.Weights;

namespace Unlearning.Engine.Text;

/// <summary>
/// A byte-level BPE tokenizer as a Hugging Face tokenizer.json describes it (GPT-2, SmolLM2, Llama-3 and their kin). Adds no token of its
/// own at the ends. Safe for concurrent use.
/// </summary>
public sealed class Tokenizer
{
    private const int LongestCachedPiece = 64;
    private const int MostCachedPieces = 1 << 16;

    private readonly BytePairModel _model;
    private readonly PreTokenizer[] _preTokenizers;
    private readonly Dictionary<string, int> _addedTokens;
    private readonly SearchValues<string> _plainAddedTokens;
    private readonly SearchValues<string> _allAddedTokens;
    private readonly byte[][] _bytesOfToken;
    private readonly HashSet<int> _specialTokens;
    private readonly ConcurrentDictionary<string, int[]> _cache = new();
    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _cacheBySpan;

    private Tokenizer(JsonElement json)
    {
        if (json.Member("normalizer") is { } normalizer)
            throw new FormatException($"the normalizer '{normalizer.Text("type")}' is not supported");
        if (json.Member("decoder")?.Text("type") is not "ByteLevel" and var decoder)
            throw new FormatException($"the decoder '{decoder}' is not supported, only ByteLevel is");
        _model = new BytePairModel(json.RequiredMember("model"));
        _preTokenizers = [.. PreTokenizer.Read(json.RequiredMember("pre_tokenizer"))];
        _cacheBySpan = _cache.GetAlternateLookup<ReadOnlySpan<char>>();

        var added = json.Member("added_tokens")?.EnumerateArray().Select(ReadAddedToken).ToList() ?? [];
        _addedTokens = added.ToDictionary(token => token.Text, token => token.Id);
        _specialTokens = [.. added.Where(token => token.IsSpecial).Select(token => token.Id)];
        _allAddedTokens = SearchValues.Create([.. added.Select(token => token.Text)], StringComparison.Ordinal);
        _plainAddedTokens = SearchValues.Create([.. added.Where(token => !token.IsSpecial).Select(token => token.Text)], StringComparison.Ordinal);
        _bytesOfToken = ReadBytes();
    }

    /// <summary>One more than the largest id.</summary>
    public int VocabularySize => _bytesOfToken.Length;

    /// <summary>Ids of the control tokens.</summary>
    public IReadOnlySet<int> SpecialTokens => _specialTokens;

    /// <summary>Reads a tokenizer.json.</summary>
    /// <exception cref="CheckpointException">The file is damaged or describes a tokenizer of another kind.</exception>
    public static Tokenizer FromFile(string tokenizerJson) => JsonFile.Read(tokenizerJson, json => new Tokenizer(json));

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
            EncodeText(start < 0 ? rest : rest[..start], 0, ids);
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
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>The id of a control token by its text, or of a vocabulary entry by its spelling in the file.</summary>
    public bool TryGetTokenId(string token, out int id) => _addedTokens.TryGetValue(token, out id) || _model.Ids.TryGetValue(token, out id);

    /// <summary>A decoder that is fed one id at a time and skips control tokens.</summary>
    public StreamingDecoder CreateStreamingDecoder() => new(this);

    /// <summary>The bytes a token stands for; none for a special token that is to be skipped.</summary>
    internal ReadOnlySpan<byte> BytesOf(int id, bool skipSpecialTokens)
    {
        if ((uint)id >= (uint)_bytesOfToken.Length)
            throw new ArgumentOutOfRangeException(nameof(id), id, $"The vocabulary has {_bytesOfToken.Length} ids.");
        return skipSpecialTokens && _specialTokens.Contains(id) ? [] : _bytesOfToken[id];
    }

    private static (string Text, int Id, bool IsSpecial) ReadAddedToken(JsonElement json)
    {
        var text = json.Text("content") is { Length: > 0 } content ? content : throw new FormatException("an added token has no content");
        foreach (var option in new[] { "single_word", "lstrip", "rstrip", "normalized" })
        {
            if (json.Boolean(option) == true && !(option == "normalized")) // without a normalizer that one changes nothing
                throw new FormatException($"the added token '{text}' has '{option}' set, which is not supported");
        }
        return (text, json.RequiredInteger("id"), json.Boolean("special") ?? false);
    }

    private byte[][] ReadBytes()
    {
        const int MostTokens = 1 << 24;
        var ids = _model.Ids.Concat(_addedTokens).ToList();
        if (ids.Find(entry => entry.Value is < 0 or >= MostTokens) is { Key: { } token } outside)
            throw new FormatException($"the token '{token}' has the impossible id {outside.Value}");
        var bytes = new byte[ids.Max(entry => entry.Value) + 1][];
        Array.Fill(bytes, []);
        foreach (var (entry, id) in _model.Ids)
            bytes[id] = ByteAlphabet.BytesOf(entry);
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
            if (token.Length > longest.Length && text.StartsWith(token, StringComparison.Ordinal) && (special || !_specialTokens.Contains(id)))
                longest = token;
        }
        return longest;
    }

    private void EncodeText(ReadOnlySpan<char> text, int rule, List<int> ids)
    {
        if (rule == _preTokenizers.Length)
        {
            EncodePiece(text, ids);
            return;
        }
        while (!text.IsEmpty)
        {
            var length = _preTokenizers[rule].NextLength(text);
            EncodeText(text[..length], rule + 1, ids);
            text = text[length..];
        }
    }

    private void EncodePiece(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (piece.IsEmpty)
            return;
        if (_cacheBySpan.TryGetValue(piece, out var cached))
        {
            ids.AddRange(cached);
            return;
        }
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(piece.Length));
        try
        {
            var encoded = _model.Encode(buffer.AsSpan(0, Encoding.UTF8.GetBytes(piece, buffer)));
            ids.AddRange(encoded);
            if (piece.Length <= LongestCachedPiece && _cache.Count < MostCachedPieces)
                _cacheBySpan[piece] = encoded;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
