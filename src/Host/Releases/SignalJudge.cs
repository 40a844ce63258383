using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Statistics;
using Unlearning.Host.Gates;

namespace Unlearning.Host.Releases;

/// <summary>Compares a release's signals with another's. Pure: the same figures give the same decision and the same words.</summary>
public static class SignalJudge
{
    /// <summary>Judges a release. One signal that fails decides; to pass, all have to.</summary>
    /// <param name="release">Its figures.</param>
    /// <param name="other">The figures of the release it is compared with.</param>
    /// <param name="recurrences">What came back; null when that cannot be known now.</param>
    /// <param name="limits">What it may do.</param>
    public static SignalDecision Judge(
        ReleaseFigures release, ReleaseFigures other, RecurrenceFigures? recurrences, AutomaticRollbackOptions limits)
    {
        ArgumentNullException.ThrowIfNull(release);
        ArgumentNullException.ThrowIfNull(other);
        ArgumentNullException.ThrowIfNull(limits);
        SignalDecision[] decisions =
        [
            Recurrences(recurrences, limits),
            Share("calls failed", release.Failures, release, other.Failures, other, limits.MaximumFailureIncrease, limits),
            Share("answers were empty", release.Empty, release, other.Empty, other, limits.MaximumEmptyIncrease, limits),
            Latency("for a whole answer", release.Answer, other.Answer, limits),

            // An app may stream nothing.
            .. release.FirstToken.Calls + other.FirstToken.Calls == 0
                ? (SignalDecision[])[]
                : [Latency("to the first token", release.FirstToken, other.FirstToken, limits)],
        ];
        Verdict verdict = decisions.Any(one => one.Verdict == Verdict.Fail) ? Verdict.Fail
            : decisions.Any(one => one.Verdict == Verdict.Inconclusive) ? Verdict.Inconclusive
            : Verdict.Pass;
        return new SignalDecision(verdict, string.Join(' ', decisions.Where(one => one.Verdict == verdict).Select(one => one.Sentence)));
    }

    private static SignalDecision Recurrences(RecurrenceFigures? found, AutomaticRollbackOptions limits)
    {
        if (found is null)
        {
            return new SignalDecision(Verdict.Inconclusive, "What came back is not known: the database does not answer.");
        }

        double share = found.Forgotten == 0 ? 0 : (double)found.Recurred / found.Forgotten;
        bool fails = found.Recurred >= limits.MinimumRecurrences && share > limits.MaximumRecurrenceShare;
        return Decision(
            fails,
            $"{found.Recurred} of {found.Forgotten} forgotten incidents came back ({share:P1}); at most {limits.MaximumRecurrenceShare:P1} may, once {limits.MinimumRecurrences} have.");
    }

    private static SignalDecision Share(
        string what, int count, ReleaseFigures release, int otherCount, ReleaseFigures other, double increase, AutomaticRollbackOptions limits)
    {
        if (release.Calls < limits.MinimumCalls)
        {
            return Few($"How many {what}", release.Calls, limits);
        }

        // Without figures of the other release, as after a restart, it is taken to have been without fault.
        Estimate share = WilsonInterval.Of(count, release.Calls);
        double before = other.Calls < limits.MinimumCalls ? 0 : (double)otherCount / other.Calls;
        string compared = other.Calls < limits.MinimumCalls ? "the other release has too few calls to compare" : Text($"{before:P1} with the other release");
        return Decision(
            share.Low > before + increase,
            $"{count} of {release.Calls} {what} ({share.Value:P1}, at least {share.Low:P1} with 95 % confidence; {compared}); at most {before + increase:P1} may.");
    }

    private static SignalDecision Latency(string what, LatencyFigures release, LatencyFigures other, AutomaticRollbackOptions limits)
    {
        if (release.Calls < limits.MinimumCalls || other.Calls < limits.MinimumCalls)
        {
            return Few($"The time {what}", Math.Min(release.Calls, other.Calls), limits);
        }

        double milliseconds = release.Median.TotalMilliseconds, before = other.Median.TotalMilliseconds;
        double limit = Math.Max(limits.MaximumLatencyRatio * before, before + limits.MinimumLatencyIncrease.TotalMilliseconds);
        return Decision(
            milliseconds > limit,
            $"The median time {what} is {milliseconds:0.#} ms over {release.Calls} calls ({before:0.#} ms with the other release); at most {limit:0.#} ms is allowed.");
    }

    private static SignalDecision Few(string what, int calls, AutomaticRollbackOptions limits) =>
        new(Verdict.Inconclusive, Text($"{what} rests on {calls} calls; {limits.MinimumCalls} are needed."));

    private static SignalDecision Decision(bool fails, FormattableString sentence) =>
        new(fails ? Verdict.Fail : Verdict.Pass, Text(sentence));

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
