using System.Text.Json;
using CsCheck;
using Unlearning.Engine.Text;

namespace Unlearning.Engine.Tests.Text;

[Trait("Category", "Fixtures")]
public sealed class TokenizerTests
{
    private static readonly Lazy<Tokenizer> SmolLm2 = new(() => Tokenizer.FromFile(Path.Combine(Fixtures.SmolLm2, "tokenizer.json")));
    private static readonly Lazy<Tokenizer> Llama3 = new(() => Tokenizer.FromFile(Path.Combine(Fixtures.Llama3Tokenizer, "tokenizer.json")));

    [SkippableFact]
    public void Every_SmolLM2_vector_encodes_to_the_same_ids()
    {
        var vectors = Fixtures.Json("smollm2", "tokenizer_vectors.json").GetProperty("vectors").EnumerateArray().ToList();
        Assert.True(vectors.Count >= 216);
        foreach (var vector in vectors)
        {
            CheckEncoding(SmolLm2.Value, vector, recognizeSpecialTokens: true, "ids_digits", "ids");
            CheckEncoding(SmolLm2.Value, vector, recognizeSpecialTokens: false, "ids_digits_plain", "ids_digits", "ids_plain", "ids");
        }
    }

    [SkippableFact]
    public void Every_Llama3_vector_encodes_to_the_same_ids()
    {
        var vectors = Fixtures.Json("llama3_chat", "tokenizer_vectors.json").GetProperty("vectors").EnumerateArray().ToList();
        Assert.True(vectors.Count >= 230);
        foreach (var vector in vectors)
        {
            CheckEncoding(Llama3.Value, vector, recognizeSpecialTokens: true, "ids");
            CheckEncoding(Llama3.Value, vector, recognizeSpecialTokens: false, "ids_plain", "ids");
        }
    }

    [SkippableFact]
    public void Every_vector_decodes_to_its_text()
    {
        foreach (var vector in Fixtures.Json("smollm2", "tokenizer_vectors.json").GetProperty("vectors").EnumerateArray())
        {
            var text = vector.GetProperty("text").GetString()!;
            var ids = vector.GetProperty("ids").Integers();
            Assert.Equal(text, SmolLm2.Value.Decode(ids, skipSpecialTokens: false));
            Assert.Equal(
                vector.TryGetProperty("decoded_skip_special", out var skipped) ? skipped.GetString() : text,
                SmolLm2.Value.Decode(ids));
        }
    }

    [SkippableFact]
    public void Incomplete_characters_decode_to_replacement_characters()
    {
        foreach (var vector in Fixtures.Json("smollm2", "tokenizer_vectors.json").GetProperty("decode").EnumerateArray())
            Assert.Equal(vector.GetProperty("text").GetString(), SmolLm2.Value.Decode(vector.GetProperty("ids").Integers()));
    }

    [SkippableFact]
    public void Any_text_survives_encoding_and_decoding()
    {
        var tokenizer = SmolLm2.Value;
        // SmolLM2 has no tokens for some control characters.
        Gen.String.Select(text => new string(text.Where(c => !char.IsControl(c)).ToArray())).Sample(
            text => tokenizer.Decode(tokenizer.Encode(text), skipSpecialTokens: false) == WellFormed(text),
            iter: 2000);
    }

    [SkippableFact]
    public void Plain_encoding_never_yields_a_special_token()
    {
        var tokenizer = SmolLm2.Value;
        var tokens = tokenizer.SpecialTokens.Select(id => tokenizer.Decode([id], skipSpecialTokens: false)).ToArray();
        Gen.OneOf(Gen.OneOf(tokens.Select(Gen.Const).ToArray()), Gen.String[0, 5]).Array[1, 8].Sample(
            parts => !tokenizer.Encode(string.Concat(parts)).Any(tokenizer.SpecialTokens.Contains),
            iter: 500);
    }

    [SkippableFact]
    public void A_streamed_answer_is_the_decoded_answer_whatever_the_ids()
    {
        var tokenizer = SmolLm2.Value;
        Gen.Int[0, tokenizer.VocabularySize - 1].Array[0, 40].Sample(
            ids =>
            {
                var decoder = tokenizer.CreateStreamingDecoder();
                return string.Concat(ids.Select(decoder.Append)) + decoder.Flush() == tokenizer.Decode(ids);
            },
            iter: 1000);
    }

    [SkippableFact]
    public void A_streaming_decoder_holds_back_half_a_character()
    {
        var decoder = SmolLm2.Value.CreateStreamingDecoder();
        var ids = SmolLm2.Value.Encode("\U0001F468"); // three tokens
        Assert.Equal(["", "", "\U0001F468"], ids.Select(decoder.Append));
        Assert.Equal("", decoder.Flush());
    }

    [SkippableFact]
    public void A_long_piece_without_spaces_takes_no_quadratic_time()
    {
        var text = new string('a', 400_000);
        Assert.Equal(text, SmolLm2.Value.Decode(SmolLm2.Value.Encode(text)));
    }

    [SkippableFact]
    public void Tokens_are_found_by_their_text()
    {
        Assert.True(SmolLm2.Value.TryGetTokenId("<|im_end|>", out var id));
        Assert.Equal(2, id);
        Assert.False(SmolLm2.Value.TryGetTokenId("<|eot_id|>", out _));
        Assert.Equal(49152, SmolLm2.Value.VocabularySize);
    }

    private static void CheckEncoding(Tokenizer tokenizer, JsonElement vector, bool recognizeSpecialTokens, params string[] namesByPrecedence)
    {
        var expected = namesByPrecedence.First(name => vector.TryGetProperty(name, out _));
        Assert.Equal(vector.GetProperty(expected).Integers(), tokenizer.Encode(vector.GetProperty("text").GetString()!, recognizeSpecialTokens));
    }

    private static string WellFormed(string text) => string.Concat(text.EnumerateRunes());
}
