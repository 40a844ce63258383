using Unlearning.Host.Incidents.Review.Judging;

namespace Unlearning.Host.Incidents.Review.Lists;

/// <summary>Which incidents should have been reviewed by now: new ones that were first seen longer ago than their policy lets them wait.</summary>
/// <param name="rules">What policies ask of the review.</param>
/// <param name="now">The time.</param>
internal sealed class ReviewDeadlines(IReviewRules rules, DateTimeOffset now)
{
    /// <summary>By policy: what is new and was first seen before then is overdue. Of policies that set no time there is none.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> FirstSeenBefore { get; } =
        rules.Waits.ToDictionary(policy => policy.Key, policy => now - policy.Value, StringComparer.Ordinal);

    /// <summary>Whether an incident is overdue.</summary>
    public bool IsOver(IncidentStatus status, string policy, DateTimeOffset firstSeen) =>
        status == IncidentStatus.New && FirstSeenBefore.TryGetValue(policy, out DateTimeOffset latest) && firstSeen < latest;
}
