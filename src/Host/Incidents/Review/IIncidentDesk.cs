using Unlearning.Host.Incidents.Review.Bulk;
using Unlearning.Host.Incidents.Review.Details;
using Unlearning.Host.Incidents.Review.Lists;

namespace Unlearning.Host.Incidents.Review;

/// <summary>
/// What a reviewer does with incidents, in the store itself or through a service elsewhere. Ids are as people type them: an unambiguous
/// beginning is enough. Every change is durable and audited when a method returns.
/// </summary>
/// <exception cref="ReviewException">What was asked makes no sense, or cannot be done; nothing was changed.</exception>
internal interface IIncidentDesk
{
    /// <summary>A page of incidents, without text.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="limit">How many at most, 1 to <see cref="IncidentPages.Most"/>.</param>
    /// <param name="cursor">The <see cref="IncidentList.Next"/> of the page before; null for the first.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<IncidentList> ListAsync(IncidentFilter filter, int limit, string? cursor, CancellationToken cancellationToken);

    /// <summary>Everything that is stored about an incident, but of text only the length.</summary>
    Task<IncidentDetails> ShowAsync(string id, CancellationToken cancellationToken);

    /// <summary>The same with prompt, answer and comments. It is in the audit before it is given out.</summary>
    Task<IncidentDetails> RevealAsync(string id, string? reason, CancellationToken cancellationToken);

    /// <summary>Confirms that incidents are harmful, or dismisses them as harmless, each for itself.</summary>
    Task<ReviewReport> JudgeAsync(IReadOnlyList<string> ids, bool harmful, string? reason, CancellationToken cancellationToken);

    /// <summary>Opens judged incidents again.</summary>
    /// <param name="ids">Which.</param>
    /// <param name="ownOnly">Takes back the caller's own judgement alone.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<ReviewReport> ReopenAsync(IReadOnlyList<string> ids, bool ownOnly, string? reason, CancellationToken cancellationToken);

    /// <summary>Gives incidents to somebody (<see cref="IncidentFilter.Me"/> is the caller), or, with null, to nobody.</summary>
    Task<ReviewReport> AssignAsync(IReadOnlyList<string> ids, string? assignee, CancellationToken cancellationToken);

    /// <summary>Adds a comment: 1 to 4,000 characters, of which personal data is replaced; encrypted at rest.</summary>
    Task<IncidentNote> CommentAsync(string id, string text, CancellationToken cancellationToken);

    /// <summary>An incident's comments with their text, oldest first; a reveal, and audited as one.</summary>
    Task<IReadOnlyList<IncidentNote>> CommentsAsync(string id, CancellationToken cancellationToken);

    /// <summary>Does the same to all incidents that fit a filter, or to none.</summary>
    Task<BulkReport> BulkAsync(BulkReview wish, CancellationToken cancellationToken);
}
