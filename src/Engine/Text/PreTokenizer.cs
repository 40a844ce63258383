using System.Globalization;
using System.Text;
using System.Text.Json;
using Unlearning.Engine.Weights;

namespace Unlearning.Engine.Text;

/// <summary>
/// One rule that cuts text into pieces, which byte-pair merges never cross. The rules are scanned by code point instead of with .NET's
/// regular expressions, which see UTF-16 units and so miss every letter and digit beyond U+FFFF.
/// </summary>
internal abstract class PreTokenizer
{
    /// <summary>Length of the first piece, in chars; at least 1.</summary>
    /// <param name="text">Not empty. What follows the piece matters, what went before does not.</param>
    public abstract int NextLength(ReadOnlySpan<char> text);

    /// <summary>Reads the <c>pre_tokenizer</c> of a tokenizer.json into rules, each of which cuts the pieces of the one before.</summary>
    /// <exception cref="FormatException">It holds a rule that this engine does not know.</exception>
    public static IEnumerable<PreTokenizer> Read(JsonElement json)
    {
        switch (json.Text("type"))
        {
            case "Sequence":
                return json.RequiredMember("pretokenizers").EnumerateArray().SelectMany(Read);
            case "Digits" when json.Boolean("individual_digits") == true:
                return [new NumberPreTokenizer()];
            case "ByteLevel" when json.Boolean("add_prefix_space") == false:
                return json.Boolean("use_regex") == false ? [] : [new Gpt2PreTokenizer()];
            case "Split" when json.Text("behavior") == "Isolated" && json.Boolean("invert") != true:
                return [OfPattern(json.RequiredMember("pattern").Text("Regex"))];
            case var type:
                throw new FormatException($"the pre-tokenizer '{type}' with these options is not supported: {json.GetRawText()}");
        }
    }

    /// <summary>
    /// The rules that a GGUF file names in <c>tokenizer.ggml.pre</c>, and whether a piece that is a token as a whole is taken as such.
    /// Source: llama-vocab.cpp of llama.cpp, which has "default" for files that name none.
    /// </summary>
    /// <exception cref="FormatException">This engine does not know the name.</exception>
    public static (PreTokenizer[] Rules, bool IgnoreMerges) OfName(string? name) => name switch
    {
        "llama-bpe" or "llama3" or "llama-v3" => ([new Llama3PreTokenizer()], true),
        "smollm" or "starcoder" or "refact" or "command-r" => ([new NumberPreTokenizer(), new Gpt2PreTokenizer()], false),
        "gpt-2" or "gpt2" or "phi-2" or "olmo" => ([new Gpt2PreTokenizer()], false),
        "default" or null => (
            [RunPreTokenizer.Punctuation, new Gpt2PreTokenizer(), RunPreTokenizer.Numbers, new ThreeDigitsPreTokenizer()], false),
        _ => throw new FormatException($"the pre-tokenizer '{name}' is not supported"),
    };

    /// <summary>Length of the leading run of runes of one kind.</summary>
    protected static int RunLength(ReadOnlySpan<char> text, Func<Rune, bool> isOfKind)
    {
        var length = 0;
        while (length < text.Length && RuneAt(text[length..], out var chars) is var rune && isOfKind(rune))
            length += chars;
        return length;
    }

    /// <summary>
    /// The pattern <c>\s+(?!\S)|\s+</c>: whitespace, less its last character where a word follows, which takes that one along.
    /// </summary>
    protected static int WhitespaceLength(ReadOnlySpan<char> text)
    {
        var run = RunLength(text, IsSpace);
        return run > 1 && run < text.Length ? run - 1 : run; // all whitespace is a single char
    }

    /// <summary>The first code point, or U+FFFD for a lone surrogate.</summary>
    protected static Rune RuneAt(ReadOnlySpan<char> text, out int chars)
    {
        Rune.DecodeFromUtf16(text, out var rune, out chars);
        return rune;
    }

    /// <summary>\p{L}</summary>
    protected static bool IsLetter(Rune rune) => Rune.IsLetter(rune);

    /// <summary>\p{N}</summary>
    protected static bool IsNumber(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    /// <summary>\s</summary>
    protected static bool IsSpace(Rune rune) => Rune.IsWhiteSpace(rune);

    /// <summary>[^\s\p{L}\p{N}]</summary>
    protected static bool IsOther(Rune rune) => !IsSpace(rune) && !IsLetter(rune) && !IsNumber(rune);

    private static PreTokenizer OfPattern(string? regex) => regex switch
    {
        Gpt2PreTokenizer.Pattern => new Gpt2PreTokenizer(),
        Llama3PreTokenizer.Pattern => new Llama3PreTokenizer(),
        @"\p{N}" => new NumberPreTokenizer(),
        _ => throw new FormatException(
            $"the pre-tokenizer pattern {regex ?? "(a literal string)"} is not supported, only GPT-2's, Llama-3's and \\p{{N}} are"),
    };
}
