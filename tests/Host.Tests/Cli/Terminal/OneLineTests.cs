using Unlearning.Host.Cli.Terminal;

namespace Unlearning.Host.Tests.Cli.Terminal;

public sealed class OneLineTests
{
    [Fact]
    public void What_explains_is_never_shortened_and_neither_form_steers_the_terminal()
    {
        string sentence = $"look-alikes:\u001b[2J\r\nfail, {new string('9', 300)} of 15.0 points";
        Assert.Equal($"look-alikes: [2J  fail, {new string('9', 300)} of 15.0 points", OneLine.Whole(sentence));
        Assert.Equal(163, OneLine.Of(sentence).Length);
        Assert.StartsWith("look-alikes: [2J  fail, 999", OneLine.Of(sentence), StringComparison.Ordinal);
        Assert.EndsWith("9...", OneLine.Of(sentence), StringComparison.Ordinal);
    }
}
