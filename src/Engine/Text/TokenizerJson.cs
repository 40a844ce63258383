using System.Text.Json;
using Unlearning.Engine.Weights;

namespace Unlearning.Engine.Text;

/// <summary>Reads a Hugging Face tokenizer.json.</summary>
internal static class TokenizerJson
{
    /// <exception cref="FormatException">It is inconsistent or of a kind that is not supported.</exception>
    public static Tokenizer Read(JsonElement json)
    {
        var model = json.RequiredMember("model");
        if (model.Text("type") is not "BPE" and var type)
            throw new FormatException($"the tokenizer model is '{type}', and this engine knows BPE only");
        if (model.Member("dropout") is not null
            || model.Text("continuing_subword_prefix") is { Length: > 0 } || model.Text("end_of_word_suffix") is { Length: > 0 })
        {
            throw new FormatException("the BPE model uses dropout or sub-word marks, which are not supported");
        }
        var ids = new Dictionary<string, int>();
        foreach (var entry in model.RequiredMember("vocab").EnumerateObject())
        {
            if (!ids.TryAdd(entry.Name, entry.Value.GetInt32()))
                throw new FormatException($"the token '{entry.Name}' is in the vocabulary twice");
        }
        List<AddedToken> added = [.. json.Member("added_tokens")?.EnumerateArray().Select(ReadAddedToken) ?? []];
        var merges = model.RequiredMember("merges").EnumerateArray().Select(ReadMerge);
        return model.Boolean("byte_fallback") == true
            ? ReadSentencePiece(json, model, ids, added, merges)
            : ReadByteLevel(json, model, ids, added, merges);
    }

    private static Tokenizer ReadByteLevel(
        JsonElement json, JsonElement model, Dictionary<string, int> ids, List<AddedToken> added, IEnumerable<(string, string)> merges)
    {
        if (json.Member("normalizer") is { } normalizer)
            throw new FormatException($"the normalizer '{normalizer.Text("type")}' is not supported");
        if (json.Member("decoder")?.Text("type") is not "ByteLevel" and var decoder)
            throw new FormatException($"the decoder '{decoder}' is not supported, only ByteLevel is");
        if (model.Member("unk_token") is not null)
            throw new FormatException("the byte-level BPE model has an unk_token, which is not supported");
        PreTokenizer[] rules = [.. PreTokenizer.Read(json.RequiredMember("pre_tokenizer"))];
        HashSet<int> control = [.. added.Where(token => token.IsSpecial).Select(token => token.Id)];
        var pairs = new BytePairModel(ids, merges, model.Boolean("ignore_merges") ?? false, control);
        return new(new ByteLevelEncoder(pairs, rules), ids, added, ByteAlphabet.BytesOf);
    }

    /// <summary>Llama-2's form: SentencePiece's vocabulary with its scores turned into an order of merges.</summary>
    private static Tokenizer ReadSentencePiece(
        JsonElement json, JsonElement model, Dictionary<string, int> ids, List<AddedToken> added, IEnumerable<(string, string)> merges)
    {
        var scores = new Dictionary<string, double>();
        foreach (var (left, right) in merges)
            scores.TryAdd(left + right, -scores.Count);
        var control = added.Where(token => token.IsSpecial).Select(token => token.Text).ToHashSet();
        var unknown = model.Text("unk_token");
        return SentencePieceTokenizer.Create(
            ids.Select(entry => new SentencePiece(
                entry.Key,
                entry.Value,
                scores.GetValueOrDefault(entry.Key, double.NaN),
                entry.Key == unknown ? GgufTokenType.Unknown
                    : control.Contains(entry.Key) ? GgufTokenType.Control
                    : SentencePieceTokenizer.ByteOf(entry.Key) >= 0 ? GgufTokenType.Byte
                    : GgufTokenType.Normal)),
            added,
            AddsSpacePrefix(json));
    }

    /// <summary>Older files spell spaces in the normalizer, newer ones in the pre-tokenizer.</summary>
    private static bool AddsSpacePrefix(JsonElement json)
    {
        if (json.Member("pre_tokenizer") is { } metaspace)
        {
            return metaspace.Text("type") == "Metaspace" && json.Member("normalizer") is null && metaspace.Boolean("split") == false
                ? metaspace.Text("prepend_scheme") != "never"
                : throw new FormatException($"the pre-tokenizer is not supported: {metaspace.GetRawText()}");
        }
        var normalizer = json.RequiredMember("normalizer");
        JsonElement[] steps = normalizer.Text("type") == "Sequence"
            ? [.. normalizer.RequiredMember("normalizers").EnumerateArray()]
            : [normalizer];
        var isKnown = steps is [.., var last] && last.Text("type") == "Replace"
            && last.RequiredMember("pattern").Text("String") == " " && last.Text("content") == $"{SentencePieceEncoder.Space}"
            && (steps is [_] || (steps is [var first, _] && first.Text("type") == "Prepend" && first.Text("prepend") == last.Text("content")));
        return isKnown ? steps.Length == 2 : throw new FormatException($"the normalizer is not supported: {normalizer.GetRawText()}");
    }

    private static AddedToken ReadAddedToken(JsonElement json)
    {
        var text = json.Text("content") is { Length: > 0 } content ? content : throw new FormatException("an added token has no content");
        if (json.Boolean("single_word") == true || json.Boolean("lstrip") == true || json.Boolean("rstrip") == true)
            throw new FormatException($"the added token '{text}' has single_word, lstrip or rstrip set, which is not supported");
        return new(text, json.RequiredInteger("id"), json.Boolean("special") ?? false);
    }

    /// <summary>Merges are "left right" in older files and ["left", "right"] in newer ones.</summary>
    private static (string Left, string Right) ReadMerge(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String when json.GetString()!.Split(' ') is [var left, var right] => (left, right),
        JsonValueKind.Array when json.GetArrayLength() == 2 => (json[0].GetString() ?? "", json[1].GetString() ?? ""),
        _ => throw new FormatException($"the merge {json.GetRawText()} is not a pair"),
    };
}
