using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Incidents.Review;

/// <summary>The rules of the policies in force (<c>review.min_reviewers</c>).</summary>
/// <param name="policies">The policies; null for a store without any.</param>
internal sealed class PolicyReviewRules(IPolicySource? policies = null) : IReviewRules
{
    /// <inheritdoc/>
    public int MinReviewers(string policy) =>
        policies?.Current.Policies.FirstOrDefault(one => one.Name == policy)?.Review.MinReviewers ?? 1;
}
