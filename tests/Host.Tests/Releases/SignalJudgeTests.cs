using Unlearning.Host.Gates;
using Unlearning.Host.Releases;

namespace Unlearning.Host.Tests.Releases;

public sealed class SignalJudgeTests
{
    private static readonly AutomaticRollbackOptions _limits = new();
    private static readonly RecurrenceFigures _nothing = new(0, 0);

    [Fact]
    public void Equal_releases_pass_and_few_calls_decide_nothing()
    {
        Assert.Equal(Verdict.Pass, SignalJudge.Judge(Of(200), Of(200), _nothing, _limits).Verdict);
        Assert.Equal(Verdict.Inconclusive, SignalJudge.Judge(Of(49, failures: 49), Of(200), _nothing, _limits).Verdict);
        Assert.Equal(Verdict.Inconclusive, SignalJudge.Judge(Of(200), Of(49), _nothing, _limits).Verdict);
        Assert.Equal(Verdict.Inconclusive, SignalJudge.Judge(Of(200), Of(200), null, _limits).Verdict);
    }

    [Fact]
    public void A_share_that_may_be_chance_does_not_fail_and_one_that_the_other_release_has_too_neither()
    {
        Assert.Equal(Verdict.Pass, SignalJudge.Judge(Of(100, failures: 8), Of(100), _nothing, _limits).Verdict);
        Assert.Equal(Verdict.Fail, SignalJudge.Judge(Of(100, failures: 15), Of(100), _nothing, _limits).Verdict);
        Assert.Equal(Verdict.Pass, SignalJudge.Judge(Of(100, failures: 15), Of(100, failures: 15), _nothing, _limits).Verdict);
        Assert.Equal(Verdict.Fail, SignalJudge.Judge(Of(100, empty: 30), Of(100), _nothing, _limits).Verdict);
    }

    [Theory]
    [InlineData(100, 350, Verdict.Pass)]
    [InlineData(100, 351, Verdict.Fail)]
    [InlineData(1000, 2000, Verdict.Pass)]
    [InlineData(1000, 2001, Verdict.Fail)]
    public void A_median_must_be_longer_by_the_ratio_and_by_the_time(int before, int now, Verdict verdict) =>
        Assert.Equal(verdict, SignalJudge.Judge(Of(100, milliseconds: now), Of(100, milliseconds: before), _nothing, _limits).Verdict);

    [Theory]
    [InlineData(100, 50, Verdict.Pass)]
    [InlineData(100, 51, Verdict.Fail)]
    [InlineData(19, 19, Verdict.Pass)]
    public void Recurrences_count_by_share_and_number(int forgotten, int recurred, Verdict verdict) =>
        Assert.Equal(verdict, SignalJudge.Judge(Of(100), Of(100), new RecurrenceFigures(forgotten, recurred), _limits).Verdict);

    private static ReleaseFigures Of(int calls, int failures = 0, int empty = 0, int milliseconds = 100)
    {
        LatencyFigures latency = new(calls - failures, TimeSpan.FromMilliseconds(milliseconds));
        return new ReleaseFigures(calls, failures, empty, latency, latency);
    }
}
