using Unlearning.Host.Releases.Signals;

namespace Unlearning.Host.Tests.Releases.Signals;

public sealed class ReleaseTallyTests
{
    [Fact]
    public void Only_the_last_calls_of_each_kind_are_compared_whatever_failed_or_was_not_streamed_between()
    {
        ReleaseTally tally = new();
        TimeSpan early = TimeSpan.FromSeconds(9), late = TimeSpan.FromSeconds(1);
        for (int i = 0; i < 512; i++)
            tally.Answered(early, early, empty: false);

        // Every second call fails, and of those that are answered every second is streamed.
        for (int i = 0; i < 1024; i++)
        {
            tally.Failed();
            tally.Answered(i % 2 == 0 ? late : null, late, empty: false);
        }

        ReleaseFigures figures = tally.Figures();
        Assert.Equal((new LatencyFigures(512, late), new LatencyFigures(512, late)), (figures.FirstToken, figures.Answer));
        for (int i = 0; i < 255; i++)
            tally.Answered(early, early, empty: false);
        Assert.Equal((late, late), (tally.Figures().FirstToken.Median, tally.Figures().Answer.Median));
    }
}
