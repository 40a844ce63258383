using Unlearning.Host.Gates;
using Unlearning.Host.Releases.Signals;
using Unlearning.Host.Releases.Watch;

namespace Unlearning.Host.Tests.Releases.Signals;

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

    [Fact]
    public void Without_the_other_releases_figures_no_share_is_too_high()
    {
        SignalDecision decision = SignalJudge.Judge(Of(200, failures: 40), Of(0), _nothing, _limits);
        Assert.Equal(Verdict.Inconclusive, decision.Verdict);
        Assert.Contains("How many calls failed rests on 0 calls; 50 are needed.", decision.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_releases_that_are_no_worse_fewer_than_one_in_a_hundred_are_withdrawn_at_any_of_many_looks(bool otherServesToo)
    {
        Random random = new(1);
        int withdrawn = 0;
        for (int i = 0; i < 1000; i++)
        {
            int otherCalls = 50, otherFailures = Failures(50), failures = Failures(50);
            for (int calls = 50; calls <= 2000; calls += 10)
            {
                if (SignalJudge.Judge(Of(calls, failures), Of(otherCalls, otherFailures), _nothing, _limits).Verdict == Verdict.Fail)
                {
                    withdrawn++;
                    break;
                }

                failures += Failures(10);
                (otherCalls, otherFailures) = otherServesToo ? (otherCalls + 10, otherFailures + Failures(10)) : (otherCalls, otherFailures);
            }
        }

        Assert.InRange(withdrawn, 0, 9);

        int Failures(int calls) => Enumerable.Range(0, calls).Count(_ => random.NextDouble() < 0.2);
    }

    [Theory]
    [InlineData(49, 100, Verdict.Pass)]
    [InlineData(100, 49, Verdict.Pass)]
    [InlineData(50, 50, Verdict.Fail)]
    public void The_first_token_is_compared_once_both_streamed_enough_and_else_the_other_signals_decide(int streamed, int otherStreamed, Verdict verdict)
    {
        ReleaseFigures slow = Of(100) with { FirstToken = new LatencyFigures(streamed, TimeSpan.FromSeconds(5)) };
        ReleaseFigures other = Of(100) with { FirstToken = new LatencyFigures(otherStreamed, TimeSpan.FromSeconds(1)) };
        Assert.Equal(verdict, SignalJudge.Judge(slow, other, _nothing, _limits).Verdict);
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
