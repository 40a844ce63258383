using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Privacy;

namespace Unlearning.Host.Incidents.Review.Judging;

/// <summary>The rules of the policies in force (<c>review.min_reviewers</c>, <c>review.sla_hours</c>).</summary>
/// <param name="policies">The policies; null for a store without any.</param>
internal sealed class PolicyReviewRules(IPolicySource? policies = null) : IReviewRules
{
    /// <inheritdoc/>
    public int MinReviewers(string policy) => Find(policy)?.Review.MinReviewers ?? 1;

    /// <inheritdoc/>
    /// <remarks>At a start with a broken file the others are in force; what is missing may be in the broken one.</remarks>
    public string? WhyUnknown(string policy) => policies is { Healthy: false } && Find(policy) is null
        ? $"How many reviewers the policy '{policy}' asks for cannot be told: {policies.Errors[0]} Until it is mended nothing of it is judged."
        : null;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TimeSpan> Waits => (policies?.Current.Policies ?? []).Where(one => one.Review.Sla is not null)
        .ToDictionary(one => one.Name, one => one.Review.Sla!.Value, StringComparer.Ordinal);

    /// <inheritdoc/>
    public PersonalDataScrubber PersonalData => policies?.Current.PersonalData ?? PersonalDataScrubber.Default;

    private Policy? Find(string policy) => policies?.Current.Policies.FirstOrDefault(one => one.Name == policy);
}
