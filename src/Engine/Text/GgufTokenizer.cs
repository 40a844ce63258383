using Unlearning.Engine.Weights;

namespace Unlearning.Engine.Text;

/// <summary>Builds the tokenizer that a GGUF file carries.</summary>
internal static class GgufTokenizer
{
    /// <exception cref="FormatException">The vocabulary is inconsistent or of a kind that is not supported.</exception>
    public static Tokenizer Read(GgufVocabulary vocabulary) => vocabulary.Model switch
    {
        "gpt2" => ReadByteLevel(vocabulary),
        "llama" => ReadSentencePiece(vocabulary),
        var model => throw new FormatException($"the tokenizer model is '{model}', and this engine knows 'gpt2' and 'llama' only"),
    };

    private static Tokenizer ReadByteLevel(GgufVocabulary vocabulary)
    {
        var ids = new Dictionary<string, int>();
        for (var id = 0; id < vocabulary.Tokens.Count; id++)
        {
            if (!ids.TryAdd(vocabulary.Tokens[id], id))
                throw new FormatException($"the token '{vocabulary.Tokens[id]}' is in the vocabulary twice");
        }
        var added = AddedTokens(vocabulary);
        HashSet<int> control = [.. added.Where(token => token.IsSpecial).Select(token => token.Id)];
        var merges = vocabulary.Merges.Select(merge => merge.Split(' ') is [var left, var right]
            ? (left, right)
            : throw new FormatException($"the merge '{merge}' is not a pair"));
        var (rules, ignoreMerges) = PreTokenizer.OfName(vocabulary.PreTokenizer);
        return new(new ByteLevelEncoder(new BytePairModel(ids, merges, ignoreMerges, control), rules), ids, added, ByteAlphabet.BytesOf);
    }

    private static Tokenizer ReadSentencePiece(GgufVocabulary vocabulary)
    {
        if (vocabulary.Scores.Count == 0 || vocabulary.Types.Count == 0)
            throw new FormatException("the SentencePiece vocabulary comes without scores or token types");
        return SentencePieceTokenizer.Create(
            vocabulary.Tokens.Select((text, id) => new SentencePiece(text, id, vocabulary.Scores[id], vocabulary.Types[id])),
            AddedTokens(vocabulary),
            vocabulary.AddSpacePrefix ?? true);
    }

    private static List<AddedToken> AddedTokens(GgufVocabulary vocabulary)
    {
        var added = new List<AddedToken>();
        for (var id = 0; id < vocabulary.Types.Count; id++)
        {
            var isSpecial = vocabulary.Types[id] is GgufTokenType.Control or GgufTokenType.Unknown;
            var text = vocabulary.Tokens[id].Replace(SentencePieceEncoder.Space, ' ');
            if ((isSpecial || vocabulary.Types[id] == GgufTokenType.UserDefined) && text.Length > 0)
                added.Add(new(text, id, isSpecial));
        }
        return added;
    }
}
