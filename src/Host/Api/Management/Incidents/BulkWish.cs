using Unlearning.Host.Incidents.Review;
using Unlearning.Host.Incidents.Review.Bulk;
using Unlearning.Host.Incidents.Review.Lists;

namespace Unlearning.Host.Api.Management.Incidents;

/// <summary>A wish to do the same to all incidents that fit a filter.</summary>
/// <param name="Action">confirm, dismiss, assign or reopen.</param>
/// <param name="Filter">Which incidents; an empty object for all.</param>
/// <param name="Dry">Only counts them.</param>
/// <param name="Expect">How many there must be, or nothing is done; needed unless <paramref name="Dry"/>.</param>
/// <param name="Assignee">Of assigning: whose they become; null for nobody's.</param>
/// <param name="Reason">Why, for the audit; personal data is replaced.</param>
internal sealed record BulkWish(
    BulkAction? Action = null, IncidentFilter? Filter = null, bool Dry = false, int? Expect = null, string? Assignee = null, string? Reason = null)
{
    /// <summary>The wish, if it is whole.</summary>
    /// <exception cref="ReviewException">It says not what to do, or to which.</exception>
    public BulkReview Read() => new(
        Action ?? throw new ReviewException("Say what to do: confirm, dismiss, assign or reopen.", field: "action"),
        Filter ?? throw new ReviewException("Say to which incidents; an empty object is all of them.", field: "filter"),
        Dry,
        Expect,
        Assignee,
        Reason);
}
