namespace Unlearning.Engine.Weights;

/// <summary>The tokenizer that a GGUF file carries, as its keys <c>tokenizer.ggml.*</c> say.</summary>
/// <param name="File">The file, for messages.</param>
/// <param name="Model">The kind: <c>gpt2</c> is byte-level BPE, <c>llama</c> is SentencePiece.</param>
/// <param name="PreTokenizer">The name of the rule that cuts text before BPE, if the file has one.</param>
/// <param name="Tokens">The tokens by their ids.</param>
/// <param name="Types">The kinds of the tokens, as in <see cref="GgufTokenType"/>; empty where the file does not say.</param>
/// <param name="Scores">SentencePiece's scores by id; empty where there are none.</param>
/// <param name="Merges">The merges of BPE, "left right", the first one first; empty where there are none.</param>
/// <param name="AddSpacePrefix">Whether a space goes before the text; null where the file does not say.</param>
public sealed record GgufVocabulary(
    string File,
    string Model,
    string? PreTokenizer,
    IReadOnlyList<string> Tokens,
    IReadOnlyList<GgufTokenType> Types,
    IReadOnlyList<double> Scores,
    IReadOnlyList<string> Merges,
    bool? AddSpacePrefix)
{
    /// <exception cref="CheckpointException">A list is not of the tokens' length, or no list at all.</exception>
    internal static GgufVocabulary? Read(GgufFile file)
    {
        if (file.Text("tokenizer.ggml.model") is not { } model || file.Array<string>("tokenizer.ggml.tokens") is not { } tokens)
            return null;
        return new(
            file.Path,
            model,
            file.Text("tokenizer.ggml.pre"),
            tokens,
            [.. PerToken<long>("tokenizer.ggml.token_type").Select(type => (GgufTokenType)type)],
            PerToken<double>("tokenizer.ggml.scores"),
            file.Array<string>("tokenizer.ggml.merges") ?? [],
            file.Boolean("tokenizer.ggml.add_space_prefix"));

        T[] PerToken<T>(string key)
        {
            var list = file.Array<T>(key) ?? [];
            return list.Length == 0 || list.Length == tokens.Length
                ? list
                : throw new CheckpointException(
                    file.Path, $"metadata '{key}' lists {list.Length} entries for {tokens.Length} tokens", "Convert the model again.");
        }
    }
}
