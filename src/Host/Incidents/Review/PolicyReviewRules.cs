using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Incidents.Review;

/// <summary>The rules of the policies in force (<c>review.min_reviewers</c>).</summary>
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

    private Policy? Find(string policy) => policies?.Current.Policies.FirstOrDefault(one => one.Name == policy);
}
