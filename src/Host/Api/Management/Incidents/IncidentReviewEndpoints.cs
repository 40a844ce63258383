using Microsoft.AspNetCore.Http.HttpResults;
using Unlearning.Host.Identity;
using Unlearning.Host.Incidents.Review;
using Unlearning.Host.Incidents.Review.Bulk;
using Unlearning.Host.Incidents.Review.Details;
using Unlearning.Host.Incidents.Review.Lists;

namespace Unlearning.Host.Api.Management.Incidents;

/// <summary><c>/v1/incidents</c>: what reviewers do. Whoever may only view sees of text its length alone.</summary>
internal static class IncidentReviewEndpoints
{
    /// <summary>Maps them.</summary>
    public static void Map(RouteGroupBuilder group)
    {
        RouteGroupBuilder incidents = group.MapGroup("/incidents").WithTags("incidents");
        incidents.MapGet("", ListAsync).Needs(Permissions.View).WithName("listIncidents")
            .WithSummary("Lists incidents, the one seen last first, page by page and without text");
        incidents.MapGet("/{id}", ShowAsync).Needs(Permissions.View).WithName("showIncident")
            .WithSummary("Everything stored about an incident, but of text only the length");
        incidents.MapPost("/{id}/reveal", RevealAsync).Needs(Permissions.Review).WithName("revealIncident")
            .WithSummary("The same with prompt, answer and comments; audited before it is given out");
        incidents.MapPost("/{id}/confirm", ConfirmAsync).Needs(Permissions.Review).WithName("confirmIncident").WithSummary("Confirms that it is harmful");
        incidents.MapPost("/{id}/dismiss", DismissAsync).Needs(Permissions.Review).WithName("dismissIncident").WithSummary("Dismisses it as harmless");
        incidents.MapPost("/{id}/reopen", ReopenAsync).Needs(Permissions.Review).WithName("reopenIncident")
            .WithSummary("Opens it again: without any judgement, or without the caller's own");
        incidents.MapPost("/{id}/assign", AssignAsync).Needs(Permissions.Review).WithName("assignIncident").WithSummary("Gives it to somebody, or to nobody");
        incidents.MapGet("/{id}/comments", CommentsAsync).Needs(Permissions.Review).WithName("listComments")
            .WithSummary("Its comments, oldest first; audited as a reveal, because they may quote");
        incidents.MapPost("/{id}/comments", CommentAsync).Needs(Permissions.Review).WithName("addComment").WithSummary("Adds a comment, encrypted at rest");
        incidents.MapPost("/bulk", BulkAsync).Needs(Permissions.Review).WithName("reviewIncidents")
            .WithSummary("Confirms, dismisses, assigns or reopens all incidents that fit a filter, if they are as many as expected");
    }

    private static async Task<Ok<IncidentList>> ListAsync([AsParameters] IncidentQuery query, HttpContext http) =>
        TypedResults.Ok(await IncidentDesk.Of(http).ListAsync(query.Filter(), query.Most(), query.Cursor, http.RequestAborted).ConfigureAwait(false));

    private static async Task<Ok<IncidentDetails>> ShowAsync(string id, HttpContext http) =>
        TypedResults.Ok(await IncidentDesk.Of(http).ShowAsync(id, http.RequestAborted).ConfigureAwait(false));

    private static async Task<Ok<IncidentDetails>> RevealAsync(string id, ReviewWish? wish, HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(await IncidentDesk.Of(http).RevealAsync(id, wish?.Reason, http.RequestAborted).ConfigureAwait(false));
    }

    private static Task<Ok<ReviewLine>> ConfirmAsync(string id, ReviewWish? wish, HttpContext http) => JudgeAsync(id, true, wish, http);

    private static Task<Ok<ReviewLine>> DismissAsync(string id, ReviewWish? wish, HttpContext http) => JudgeAsync(id, false, wish, http);

    private static async Task<Ok<ReviewLine>> JudgeAsync(string id, bool harmful, ReviewWish? wish, HttpContext http) =>
        One(await IncidentDesk.Of(http).JudgeAsync([id], harmful, wish?.Reason, http.RequestAborted).ConfigureAwait(false));

    private static async Task<Ok<ReviewLine>> ReopenAsync(string id, ReviewWish? wish, HttpContext http) =>
        One(await IncidentDesk.Of(http).ReopenAsync([id], wish?.Own ?? false, wish?.Reason, http.RequestAborted).ConfigureAwait(false));

    private static async Task<Ok<ReviewLine>> AssignAsync(string id, AssignWish wish, HttpContext http) =>
        One(await IncidentDesk.Of(http).AssignAsync([id], wish.Assignee, http.RequestAborted).ConfigureAwait(false));

    private static async Task<Ok<IReadOnlyList<IncidentNote>>> CommentsAsync(string id, HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(await IncidentDesk.Of(http).CommentsAsync(id, http.RequestAborted).ConfigureAwait(false));
    }

    private static async Task<Created<IncidentNote>> CommentAsync(string id, CommentWish wish, HttpContext http) =>
        TypedResults.Created((string?)null, await IncidentDesk.Of(http).CommentAsync(id, wish.Text ?? "", http.RequestAborted).ConfigureAwait(false));

    private static async Task<Ok<BulkReport>> BulkAsync(BulkWish wish, HttpContext http) =>
        TypedResults.Ok(await IncidentDesk.Of(http).BulkAsync(wish.Read(), http.RequestAborted).ConfigureAwait(false));

    private static Ok<ReviewLine> One(ReviewReport report) => TypedResults.Ok(report.Incidents[0]);
}
