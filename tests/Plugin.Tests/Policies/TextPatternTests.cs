using System.Text.RegularExpressions;
using CsCheck;
using Unlearning.Plugin.Policies.Detectors;

namespace Unlearning.Plugin.Tests.Policies;

public sealed class TextPatternTests
{
    // Regular expressions over few letters, so that they match now and then.
    private static readonly Gen<string> _pattern = Gen.Recursive<string>((depth, inner) => depth >= 3
        ? Any("a", "b", "Ab", "abc", "cab", @"\b", @"\w", ".", "[ab]", "[^c]", "[a-c]", @"\-", "^", "$", @"\.", "é", "[bÉ]")
        : Gen.OneOf(
            Gen.Select(inner, inner, (one, other) => one + other),
            Gen.Select(inner, inner, inner, (one, other, third) => one + other + third),
            Gen.Select(inner, inner, (one, other) => $"(?:{one}|{other})"),
            Gen.Select(inner, inner, (one, other) => $"({one}|{other}|)"),
            Gen.Select(inner, Any("*", "+", "?", "{0,2}", "{2}", "+?", "{1,}"), (one, quantifier) => $"(?:{one}){quantifier}")));

    private static readonly Gen<string> _text = Any('a', 'b', 'c', 'A', 'B', 'C', ' ', '.', '-', 'é', 'É').Array[0, 12]
        .Select(characters => new string(characters));

    [Fact]
    public void A_pattern_matches_just_what_it_would_without_the_search_for_its_words() =>
        Gen.Select(_pattern, _text.Array[1, 20]).Sample(
            (pattern, texts) =>
            {
                Regex plain = new(pattern, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
                TextPattern compiled = TextPattern.Compile(pattern);
                foreach (string text in texts)
                {
                    JudgedText judged = new(text);
                    Assert.Equal(plain.IsMatch(judged.Normalized), compiled.IsMatch(judged));
                }
            },
            iter: 250);

    [Theory]
    [InlineData(@"\bpick\w* (?:the|a) locks?\b", new[] { " the lock", " the locks", " a lock", " a locks" })]
    [InlineData(@"\b(?:kill|shoot)(?:ing)?\s+(?:my|your)self\b", new[] { "myself", "yourself" })]
    [InlineData(@"(?:bomb|mine)s?", new[] { "bomb", "mine", "bombs", "mines" })]
    [InlineData(@"a.{0,40}b", null)]
    [InlineData(@"\w+", null)]
    [InlineData(@"bomb|\d+", null)]
    [InlineData(@"(?i:bomb)", null)]
    public void The_words_that_any_match_contains_are_found(string pattern, string[]? expected) =>
        Assert.Equal(expected?.Order(StringComparer.Ordinal), RequiredLiterals.Of(pattern)?.Order(StringComparer.Ordinal));

    [Theory]
    [InlineData(@"\W\u0041B\x43\p{Lu}[A-C]Σ", @"\W\u0061b\u0063\p{L}[a-c]σ")]
    [InlineData(@"\\A", @"\\a")]
    public void Case_is_folded_where_it_stands_for_itself(string pattern, string folded) =>
        Assert.Equal(folded, CaseFolding.OfPattern(pattern));

    [Theory]
    [InlineData("ΛΟΓΟΣ", "λογος")]
    [InlineData("Straße", "STRAßE")]
    [InlineData(@"\u0041bc", "ABC")]
    [InlineData("kelvin", "\u212Aelvin")]
    public void Case_never_matters(string pattern, string text) => Assert.True(TextPattern.Compile(pattern).IsMatch(new JudgedText(text)));

    [Fact]
    public void A_pattern_in_use_is_compiled_once() =>
        Assert.Same(TextPattern.Compile("a-pattern-of-this-test"), TextPattern.Compile("a-pattern-of-this-test"));

    private static Gen<T> Any<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    [Fact]
    public void An_automaton_keeps_nothing_of_its_building_on_this_runtime()
    {
        Regex automaton = new(@"\bhow\s+(?:to|do|can)\b.{0,40}\bpoison\w*", RegexOptions.NonBacktracking);
        Assert.True(AutomatonScratch.Drop(automaton));
        Assert.Matches(automaton, "and how do I get poisonous plants");
        Assert.DoesNotMatch(automaton, "how are you");
    }
}
