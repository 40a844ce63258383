using Unlearning.Host.Incidents;
using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Cli.Policies;

/// <summary>Judges stored incidents by two sets of policies and keeps what differs.</summary>
/// <param name="inForce">The set in force.</param>
/// <param name="tried">The new set.</param>
/// <param name="showText">Whether the texts are kept beside the ids.</param>
internal sealed class DryRun(PolicySet inForce, PolicySet tried, bool showText)
{
    /// <summary>Matches with the new set only.</summary>
    public const string Newly = "newly matches";

    /// <summary>Matches with the set in force only.</summary>
    public const string NoLonger = "no longer matches";

    /// <summary>Matches with both, with another gravest severity.</summary>
    public const string Severity = "severity";

    /// <summary>Matches with both, by other policies.</summary>
    public const string Policies = "policy";

    /// <summary>Matches with both, but the answer is judged otherwise, and so whether there is anything to unlearn.</summary>
    public const string Answer = "answer";

    private readonly List<IncidentChange> _changes = [];
    private readonly SortedDictionary<string, PolicyCounts> _counts = new(StringComparer.Ordinal);
    private int _incidents;

    /// <summary>Judges one incident.</summary>
    public void Add(Incident incident)
    {
        Judgement before = Judgement.Of(inForce.Judge(incident.Prompt, incident.Answer)), after = Judgement.Of(tried.Judge(incident.Prompt, incident.Answer));
        _incidents++;
        Count(before, after);
        string[] what = [.. Differences(before, after)];
        if (what.Length > 0)
            _changes.Add(new IncidentChange(incident.Id, what, before, after, showText ? incident.Prompt : null, showText ? incident.Answer : null));
    }

    /// <summary>Sums up.</summary>
    public DryRunReport Report() => new(
        inForce.Revision,
        tried.Revision,
        _incidents,
        Changes(Newly),
        Changes(NoLonger),
        Changes(Severity),
        Changes(Policies),
        Changes(Answer),
        [.. _counts.Values],
        _changes);

    private int Changes(string what) => _changes.Count(change => change.What.Contains(what));

    private static IEnumerable<string> Differences(Judgement before, Judgement after)
    {
        if (before.Matched != after.Matched)
        {
            yield return after.Matched ? Newly : NoLonger;
            yield break;
        }

        if (before.Severity != after.Severity)
            yield return Severity;
        if (!before.Policies.Keys.SequenceEqual(after.Policies.Keys))
            yield return Policies;
        if (before.AnswerMatched != after.AnswerMatched)
            yield return Answer;
    }

    private void Count(Judgement before, Judgement after)
    {
        foreach (string policy in before.Policies.Keys.Union(after.Policies.Keys))
        {
            if (!_counts.TryGetValue(policy, out PolicyCounts? counts))
                _counts[policy] = counts = new PolicyCounts(policy);
            bool was = before.Policies.TryGetValue(policy, out int severityBefore), @is = after.Policies.TryGetValue(policy, out int severityAfter);
            counts.Before += was ? 1 : 0;
            counts.After += @is ? 1 : 0;
            counts.Newly += @is && !was ? 1 : 0;
            counts.NoLonger += was && !@is ? 1 : 0;
            counts.Severity += was && @is && severityBefore != severityAfter ? 1 : 0;
        }
    }
}
