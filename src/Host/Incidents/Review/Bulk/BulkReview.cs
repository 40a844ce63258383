using Unlearning.Host.Incidents.Review.Lists;

namespace Unlearning.Host.Incidents.Review.Bulk;

/// <summary>A wish to do the same to all incidents that fit a filter.</summary>
/// <param name="Action">What.</param>
/// <param name="Filter">To which.</param>
/// <param name="Dry">Only tells how many there are.</param>
/// <param name="Expect">How many there must be, or nothing is done; needed unless <paramref name="Dry"/>.</param>
/// <param name="Assignee">Whose they become, of <see cref="BulkAction.Assign"/>; null for nobody's.</param>
/// <param name="Reason">Why, for the audit; null where nobody was asked.</param>
internal sealed record BulkReview(
    BulkAction Action, IncidentFilter Filter, bool Dry = false, int? Expect = null, string? Assignee = null, string? Reason = null)
{
    /// <summary>The most incidents of one wish: one transaction, during which nothing else is written.</summary>
    public const int Most = 10_000;
}
