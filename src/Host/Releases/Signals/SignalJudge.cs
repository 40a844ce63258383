using Unlearning.Host.Evaluation;
using Unlearning.Host.Evaluation.Statistics;
using Unlearning.Host.Gates;
using Unlearning.Host.Releases.Watch;

namespace Unlearning.Host.Releases.Signals;

/// <summary>Compares a release's signals with another's. Pure: the same figures give the same decision and the same words.</summary>
public static class SignalJudge
{
    /// <summary>
    /// The level of shares, which are looked at thousands of times a day. Chance differs most with the first calls, and a share has to be
    /// above the other's by a margin besides: of releases that are no worse, fewer than 1 in 100 are ever withdrawn at this level.
    /// </summary>
    public const double Confidence = 0.99;

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

            // An app may stream nothing, or little: then the others decide.
            .. release.FirstToken.Calls < limits.MinimumCalls || other.FirstToken.Calls < limits.MinimumCalls
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
        // Without figures of the other release, as after a restart, a share may be as it always was.
        if (release.Calls < limits.MinimumCalls || other.Calls < limits.MinimumCalls)
        {
            return Few($"How many {what}", Math.Min(release.Calls, other.Calls), limits);
        }

        double share = (double)count / release.Calls, before = (double)otherCount / other.Calls;
        Estimate more = NewcombeInterval.Of(count, release.Calls, otherCount, other.Calls, Confidence);
        return Decision(
            more.Low > increase,
            $"{count} of {release.Calls} {what} ({share:P1}, {before:P1} with the other release; at least {100 * more.Low:0.0} points more with {ConfidenceLevel.Show(Confidence)} confidence); at most {100 * increase:0.0} points more may.");
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
