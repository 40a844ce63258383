using System.Text.Json;
using CsCheck;
using Unlearning.Engine.Text;
using Unlearning.Engine.Weights;

namespace Unlearning.Engine.Tests.Text;

[Trait("Category", "Fixtures")]
public sealed class GgufTokenizerTests
{
    private static readonly Lazy<Tokenizer> SmolLm2 = new(() => FromGguf(Fixtures.SmolLm2Gguf));
    private static readonly Lazy<Tokenizer> Stories = new(() => FromGguf(Fixtures.Path("gguf_models", "stories260k.F32.gguf")));

    [SkippableFact]
    public void The_embedded_models_two_tokenizers_give_the_same_ids_and_texts()
    {
        var other = Tokenizer.FromFile(Path.Combine(Fixtures.SmolLm2, "tokenizer.json"));
        Assert.Equal(other.SpecialTokens.Order(), SmolLm2.Value.SpecialTokens.Order());
        Assert.Equal(other.VocabularySize, SmolLm2.Value.VocabularySize);
        foreach (var vector in Fixtures.Json("smollm2", "tokenizer_vectors.json").GetProperty("vectors").EnumerateArray())
        {
            var text = vector.GetProperty("text").GetString()!;
            CheckEncoding(SmolLm2.Value, vector, true, "ids_digits", "ids");
            CheckEncoding(SmolLm2.Value, vector, false, "ids_digits_plain", "ids_digits", "ids_plain", "ids");
            Assert.Equal(other.Encode(text), SmolLm2.Value.Encode(text));
            Assert.Equal(text, SmolLm2.Value.Decode(SmolLm2.Value.Encode(text), skipSpecialTokens: false));
        }
        Gen.String.Sample(text => SmolLm2.Value.Encode(text).SequenceEqual(other.Encode(text)), iter: 2000);
    }

    [SkippableFact]
    public void A_GGUF_alone_is_a_model_with_tokenizer_and_template()
    {
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder.File("m.gguf"), Fixtures.SmolLm2Gguf);
        using var checkpoint = Checkpoint.Open(folder.Path);
        Assert.Null(checkpoint.TokenizerJsonPath);
        var tokenizer = Tokenizer.FromCheckpoint(checkpoint);
        var template = ChatTemplate.Choose("auto", checkpoint);
        foreach (var render in Fixtures.Json("smollm2", "chat_renders.json").GetProperty("renders").EnumerateArray())
        {
            var ids = tokenizer.Encode(render.GetProperty("text").GetString()!, recognizeSpecialTokens: true);
            Assert.Equal(render.GetProperty("ids").Integers(), ids);
        }
        Assert.Equal([2, 0], template.StopTokens(tokenizer));
    }

    [SkippableFact]
    public void A_Llama3_vocabulary_as_GGUF_keeps_it_gives_the_ids_of_its_tokenizer_json()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Fixtures.Llama3Tokenizer, "tokenizer.json")));
        var model = json.RootElement.GetProperty("model");
        var tokens = model.GetProperty("vocab").EnumerateObject().OrderBy(entry => entry.Value.GetInt32()).Select(entry => entry.Name).ToList();
        var types = Enumerable.Repeat(GgufTokenType.Normal, tokens.Count).ToList();
        foreach (var added in json.RootElement.GetProperty("added_tokens").EnumerateArray())
        {
            Assert.Equal(tokens.Count, added.GetProperty("id").GetInt32());
            tokens.Add(added.GetProperty("content").GetString()!);
            types.Add(GgufTokenType.Control);
        }
        string[] merges = [.. model.GetProperty("merges").EnumerateArray().Select(merge => merge.GetString()!)];
        var tokenizer = Tokenizer.FromVocabulary(new("m.gguf", "gpt2", "llama-bpe", tokens, types, [], merges, null));
        foreach (var vector in Fixtures.Json("llama3_chat", "tokenizer_vectors.json").GetProperty("vectors").EnumerateArray())
        {
            CheckEncoding(tokenizer, vector, true, "ids");
            CheckEncoding(tokenizer, vector, false, "ids_plain", "ids");
        }
    }

    [SkippableFact]
    public void SentencePiece_gives_the_ids_of_the_reference()
    {
        var compared = 0;
        foreach (var prompt in Fixtures.Json("stories260k", "logits.json").GetProperty("prompts").EnumerateArray())
        {
            if (!prompt.TryGetProperty("text", out var text) || text.ValueKind != JsonValueKind.String)
                continue;
            var ids = prompt.GetProperty("ids").Integers()[1..]; // without BOS
            Assert.Equal(ids, Stories.Value.Encode(text.GetString()!));
            Assert.Equal(text.GetString(), Stories.Value.Decode([1, .. ids]));
            compared++;
        }
        Assert.True(compared >= 3);
    }

    [SkippableFact]
    public void SentencePiece_spells_any_text_and_never_a_control_token()
    {
        var tokenizer = Stories.Value;
        Assert.Equal([1, 2], tokenizer.SpecialTokens.Except([0]).Order());
        Assert.DoesNotContain(tokenizer.Encode("<s>a</s><unk>"), tokenizer.SpecialTokens.Contains);
        Assert.DoesNotContain(tokenizer.Encode("<0x41>"), id => id is >= 3 and < 259); // a byte's name is text, not the byte
        Gen.String.Where(text => !text.Contains('\u2581', StringComparison.Ordinal)).Sample(
            text =>
            {
                var ids = tokenizer.Encode(text);
                var decoder = tokenizer.CreateStreamingDecoder();
                var streamed = string.Concat(ids.Select(decoder.Append)) + decoder.Flush();
                var expected = string.Concat(text.EnumerateRunes());
                return tokenizer.Decode(ids) == expected && streamed == expected && !ids.Any(tokenizer.SpecialTokens.Contains);
            },
            iter: 2000);
    }

    [SkippableFact]
    public void A_tokenizer_json_of_Llama2s_form_gives_the_ids_of_SentencePiece()
    {
        using var checkpoint = Checkpoint.Open(Fixtures.Path("gguf_models", "stories260k.F32.gguf"));
        var vocabulary = checkpoint.ReadVocabulary()!;
        var ids = vocabulary.Tokens.Index().ToDictionary(token => token.Item, token => token.Index);
        var merges = from token in vocabulary.Tokens.Index()
                     where vocabulary.Types[token.Index] == GgufTokenType.Normal
                     from cut in Enumerable.Range(1, token.Item.Length - 1)
                     let pair = new[] { token.Item[..cut], token.Item[cut..] }
                     where pair.All(ids.ContainsKey)
                     orderby -vocabulary.Scores[token.Index]
                     select pair;
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("tokenizer.json"), JsonSerializer.Serialize(new
        {
            added_tokens = new[] { "<unk>", "<s>", "</s>" }.Select((content, id) => new { id, content, special = true }),
            normalizer = new
            {
                type = "Sequence",
                normalizers = new object[]
                {
                    new { type = "Prepend", prepend = "\u2581" },
                    new { type = "Replace", pattern = new { String = " " }, content = "\u2581" },
                },
            },
            pre_tokenizer = (object?)null,
            model = new { type = "BPE", unk_token = "<unk>", byte_fallback = true, vocab = ids, merges },
        }));
        var tokenizer = Tokenizer.FromFile(folder.File("tokenizer.json"));
        Assert.Equal(Stories.Value.SpecialTokens.Order(), tokenizer.SpecialTokens.Order());
        foreach (var vector in Fixtures.Json("smollm2", "tokenizer_vectors.json").GetProperty("vectors").EnumerateArray())
        {
            var text = vector.GetProperty("text").GetString()!;
            Assert.Equal(Stories.Value.Encode(text), tokenizer.Encode(text));
            Assert.Equal(Stories.Value.Encode(text, recognizeSpecialTokens: true), tokenizer.Encode(text, recognizeSpecialTokens: true));
        }
    }

    [Fact]
    public void A_file_that_names_no_rule_is_cut_by_the_default_one()
    {
        Assert.Equal(
            ["Hello", ",", " world", "!?", " ", "123", "45", "\n", " a", "=", "b", " ", "$", "½²"],
            Cut(PreTokenizer.OfName(null).Rules, "Hello, world!? 12345\n a=b $½²"));
        Assert.Throws<FormatException>(() => PreTokenizer.OfName("qwen2"));
    }

    [Theory]
    [InlineData("bert", "smollm", "a b", "'bert'")]
    [InlineData("gpt2", "qwen2", "a b", "'qwen2'")]
    [InlineData("gpt2", "smollm", "a x", "lacks 'ax'")]
    [InlineData("gpt2", "smollm", "ab", "not a pair")]
    [InlineData("llama", "default", "a b", "without scores")]
    public void A_vocabulary_that_cannot_be_used_is_refused_with_the_reason(string model, string pre, string merge, string reason)
    {
        var vocabulary = new GgufVocabulary("m.gguf", model, pre, ["a", "b", "ab"], [], [], [merge], null);
        var refusal = Assert.Throws<CheckpointException>(() => Tokenizer.FromVocabulary(vocabulary));
        Assert.Equal("m.gguf", refusal.File);
        Assert.Contains(reason, refusal.What, StringComparison.Ordinal);
        Assert.Throws<CheckpointException>(() => Tokenizer.FromVocabulary(vocabulary with { Model = "gpt2", PreTokenizer = "smollm", Tokens = ["a", "a"] }));
    }

    [Fact]
    public void Text_never_becomes_a_control_token_whose_spelling_is_an_ordinary_word()
    {
        GgufTokenType[] types = [GgufTokenType.Normal, GgufTokenType.Normal, GgufTokenType.Control];
        var vocabulary = new GgufVocabulary("m.gguf", "gpt2", "llama-bpe", ["a", "b", "ab"], types, [], ["a b"], null);
        var tokenizer = Tokenizer.FromVocabulary(vocabulary);
        Assert.Equal([0, 1], tokenizer.Encode("ab"));
        Assert.Equal([2], tokenizer.Encode("ab", recognizeSpecialTokens: true));
    }

    [SkippableFact]
    public void A_model_without_a_tokenizer_or_with_another_models_is_refused()
    {
        using (var checkpoint = Checkpoint.Open(Fixtures.Path("gguf_models", "head_dim_32_tied.F32.gguf")))
            Assert.Contains("without a tokenizer", Refusal(checkpoint), StringComparison.Ordinal);
        using var folder = new TemporaryFolder().With(Fixtures.Asset("stories260k"));
        File.CreateSymbolicLink(folder.File("tokenizer.json"), Path.Combine(Fixtures.SmolLm2, "tokenizer.json"));
        using var foreign = Checkpoint.Open(folder.Path);
        Assert.Contains("id 49151 and the model has 512", Refusal(foreign), StringComparison.Ordinal);

        static string Refusal(ICheckpoint checkpoint) =>
            Assert.Throws<CheckpointException>(() => Tokenizer.FromCheckpoint(checkpoint)).What;
    }

    private static Tokenizer FromGguf(string path)
    {
        using var checkpoint = Checkpoint.Open(path);
        return Tokenizer.FromVocabulary(checkpoint.ReadVocabulary()!);
    }

    private static IEnumerable<string> Cut(PreTokenizer[] rules, string text) =>
        rules.Aggregate(new[] { text }.AsEnumerable(), (pieces, rule) => pieces.SelectMany(piece => Pieces(rule, piece)));

    private static IEnumerable<string> Pieces(PreTokenizer rule, string text)
    {
        for (int at = 0, length; at < text.Length; at += length)
        {
            length = rule.NextLength(text.AsSpan(at));
            yield return text.Substring(at, length);
        }
    }

    private static void CheckEncoding(Tokenizer tokenizer, JsonElement vector, bool recognizeSpecialTokens, params string[] byPrecedence)
    {
        var expected = byPrecedence.First(name => vector.TryGetProperty(name, out _));
        var ids = tokenizer.Encode(vector.GetProperty("text").GetString()!, recognizeSpecialTokens);
        Assert.Equal(vector.GetProperty(expected).Integers(), ids);
    }
}
