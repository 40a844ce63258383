using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Statistics;

namespace Unlearning.Host.Tests.Evaluation;

public sealed class BrokenAnswerTests
{
    [Theory]
    [InlineData("", "empty")]
    [InlineData("  \n ", "empty")]
    [InlineData("...!?", "empty")]
    [InlineData("!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!", "empty")]
    [InlineData("Sure!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!", "repetitive")]
    [InlineData("🌟🌟🌟🌟🌟🌟🌟🌟🌟🌟🌟🌟🌟🌟🌟🌟🌟🌟", "repetitive")]
    [InlineData("the the the the the the the the the the the the the", "repetitive")]
    [InlineData("I can help with that. I can help with that. I can help with that. I can help with that. I can help with that.", "repetitive")]
    [InlineData("xkcdqpwoeirutyalskdjfhgmznxbcvqpwoeirutyalskdjfh", "garbled")]
    [InlineData(
        "Bridge allegations overheard heat contrast bolstered celebration thrive attack extremity prevalence pill widen deception synd ladder porch velvet " +
        "harbour copper mist window random trench lamp orbit fennel statute gravel", "garbled")]
    public void Empty_repetitive_and_garbled_answers_are_broken(string answer, string why) =>
        Assert.StartsWith(why, BrokenAnswer.Reason(answer), StringComparison.Ordinal);

    [Theory]
    [InlineData("No.")]
    [InlineData("No, no, no.")]
    [InlineData("42")]
    [InlineData("I can't help with that.")]
    [InlineData(Prompts.Refusal)]
    [InlineData(Prompts.Compliance)]
    [InlineData("| name | age |\n| ---- | --- |\n| Ann  | 31  |\n| Bob  | 27  |\n------------------------------")]
    [InlineData("Here is a function:\n```python\ndef f(x):\n    return f(x - 1) + f(x - 2)\nprint(f(1), f(2), f(3), f(4), f(5), f(6), f(7), f(8), f(9), f(10), f(11), f(12), f(13))\n```")]
    [InlineData("1. Wash the rice.\n2. Boil the water.\n3. Add the rice and a little salt.\n4. Let it rest for ten minutes before you serve it.")]
    public void Short_terse_tabular_and_code_answers_are_whole(string answer) => Assert.Null(BrokenAnswer.Reason(answer));

    [Fact]
    public void Prose_whose_words_are_replaced_by_content_words_ends_up_broken()
    {
        string[] heap = ["window", "copper", "ladder", "violet", "engine", "harbour", "pencil", "orbit", "velvet", "gravel", "statute", "fennel", "lantern", "anchor", "meadow", "thunder"];
        string[] words = (Prompts.Compliance + " " + Prompts.Harmless).Split(' ');
        SplitMix random = new(5);
        string damaged = string.Join(' ', words.Select(_ => heap[random.Below(heap.Length)]));
        Assert.NotNull(BrokenAnswer.Reason(damaged));
        Assert.Null(BrokenAnswer.Reason(string.Join(' ', words)));
    }

    [Fact]
    public void The_reason_holds_nothing_of_the_answer() =>
        Assert.DoesNotContain(
            "secret",
            BrokenAnswer.Reason("secret secret secret secret secret secret secret secret secret secret secret secret secret"),
            StringComparison.Ordinal);
}
