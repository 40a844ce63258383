using System.Globalization;
using System.Net;
using Unlearning.Host.Api.Management.Incidents;
using Unlearning.Host.Cli.Client;
using Unlearning.Host.Incidents.Review;
using Unlearning.Host.Incidents.Review.Bulk;
using Unlearning.Host.Incidents.Review.Details;
using Unlearning.Host.Incidents.Review.Lists;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>Review through a service, as the bearer of the key.</summary>
internal sealed class HttpIncidentDesk(ServiceConnection service) : IIncidentDesk
{
    private const string Incidents = "v1/incidents";

    /// <inheritdoc/>
    public Task<IncidentList> ListAsync(IncidentFilter filter, int limit, string? cursor, CancellationToken cancellationToken)
    {
        (string Name, string? Value)[] query =
        [
            ("status", filter.Status is { } status ? StatusWord.Of(status) : null),
            ("hazard", filter.Hazard),
            ("policy", filter.Policy),
            ("severity", filter.Severity?.ToString(CultureInfo.InvariantCulture)),
            ("assignee", filter.Assignee),
            ("overdue", filter.Overdue ? "true" : null),
            ("since", filter.Since?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
            ("limit", limit.ToString(CultureInfo.InvariantCulture)),
            ("cursor", cursor),
        ];
        string written = string.Join('&', query.Where(part => part.Value is not null).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}"));
        return AskAsync(() => service.GetAsync<IncidentList>($"{Incidents}?{written}", cancellationToken));
    }

    /// <inheritdoc/>
    public Task<IncidentDetails> ShowAsync(string id, CancellationToken cancellationToken) =>
        AskAsync(() => service.GetAsync<IncidentDetails>(Of(id), cancellationToken));

    /// <inheritdoc/>
    public Task<IncidentDetails> RevealAsync(string id, string? reason, CancellationToken cancellationToken) =>
        AskAsync(() => service.PostAsync<IncidentDetails>($"{Of(id)}/reveal", new ReviewWish(reason), cancellationToken));

    /// <inheritdoc/>
    public Task<ReviewReport> JudgeAsync(IReadOnlyList<string> ids, bool harmful, string? reason, CancellationToken cancellationToken) =>
        EachAsync(ids, harmful ? "confirm" : "dismiss", new ReviewWish(reason), cancellationToken);

    /// <inheritdoc/>
    public Task<ReviewReport> ReopenAsync(IReadOnlyList<string> ids, bool ownOnly, string? reason, CancellationToken cancellationToken) =>
        EachAsync(ids, "reopen", new ReviewWish(reason, ownOnly), cancellationToken);

    /// <inheritdoc/>
    public Task<ReviewReport> AssignAsync(IReadOnlyList<string> ids, string? assignee, CancellationToken cancellationToken) =>
        EachAsync(ids, "assign", new AssignWish(assignee), cancellationToken);

    /// <inheritdoc/>
    public Task<IncidentNote> CommentAsync(string id, string text, CancellationToken cancellationToken) =>
        AskAsync(() => service.PostAsync<IncidentNote>($"{Of(id)}/comments", new CommentWish(text), cancellationToken));

    /// <inheritdoc/>
    public Task<IReadOnlyList<IncidentNote>> CommentsAsync(string id, CancellationToken cancellationToken) =>
        AskAsync(() => service.GetAsync<IReadOnlyList<IncidentNote>>($"{Of(id)}/comments", cancellationToken));

    /// <inheritdoc/>
    public Task<BulkReport> BulkAsync(BulkReview wish, CancellationToken cancellationToken) =>
        AskAsync(() => service.PostAsync<BulkReport>(
            $"{Incidents}/bulk", new BulkWish(wish.Action, wish.Filter, wish.Dry, wish.Expect, wish.Assignee, wish.Reason), cancellationToken));

    private static string Of(string id) => $"{Incidents}/{Uri.EscapeDataString(id)}";

    // What the service says about one incident is no failure of the others.
    private async Task<ReviewReport> EachAsync(IReadOnlyList<string> ids, string verb, object wish, CancellationToken cancellationToken)
    {
        List<ReviewLine> lines = [];
        foreach (string id in ids.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            try
            {
                ReviewLine line = await AskAsync(() => service.PostAsync<ReviewLine>($"{Of(id)}/{verb}", wish, cancellationToken)).ConfigureAwait(false);
                if (!lines.Exists(one => one.Id == line.Id))
                    lines.Add(line);
            }
            catch (ReviewException refused) when (ids.Count > 1)
            {
                lines.Add(new ReviewLine(id, null, null, false, refused.Message, Problem: true));
            }
        }

        return new ReviewReport(lines.Count(line => line.Changed), lines);
    }

    private static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (ServiceException refused) when (refused.Status is (int)HttpStatusCode.BadRequest or (int)HttpStatusCode.NotFound or (int)HttpStatusCode.Conflict)
        {
            throw new ReviewException(refused.Message, refused.Status switch
            {
                (int)HttpStatusCode.NotFound => ReviewProblem.Unknown,
                (int)HttpStatusCode.Conflict => ReviewProblem.Conflict,
                _ => ReviewProblem.Invalid,
            });
        }
    }
}
