using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Unlearning.Host.Approvals;
using Unlearning.Host.Identity;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Releases.Garbage;
using Unlearning.Host.Releases.History;
using Unlearning.Host.Releases.Journal;

namespace Unlearning.Host.Api.Management.Releases;

/// <summary><c>/v1/releases</c>: what serves, what could, and who decides about it.</summary>
internal static class ReleasesEndpoints
{
    /// <summary>Maps them.</summary>
    public static void Map(RouteGroupBuilder group)
    {
        RouteGroupBuilder releases = group.MapGroup("/releases").WithTags("releases");
        releases.MapGet("", ListAsync).Needs(Permissions.View).WithName("listReleases").WithSummary("Lists releases, newest first");
        releases.MapGet("/verify", Verify).Needs(Permissions.View).WithName("verifyReleases").WithSummary("Checks every byte of every release");
        releases.MapGet("/garbage", GarbageAsync).Needs(Permissions.View).WithName("listGarbage").WithSummary("Which releases nothing needs, and why the others are kept");
        releases.MapPost("/collect", CollectAsync).Needs(Permissions.Operate).WithName("collectGarbage").WithSummary("Deletes releases that nothing needs");
        releases.MapPost("/rollback", RollbackAsync).Needs(Permissions.Operate).WithName("rollBack").WithSummary("Puts the release before the live one back, also while the database is down");
        releases.MapPost("/canary/end", EndCanaryAsync).Needs(Permissions.Operate).WithName("endCanary").WithSummary("Ends the canary: makes it live, or withdraws it");
        releases.MapGet("/{id}", GetAsync).Needs(Permissions.View).WithName("getRelease").WithSummary("One release with its history");
        releases.MapGet("/{id}/approvals", ApprovalsAsync).Needs(Permissions.View).WithName("getApprovals").WithSummary("Who has to approve a release, and who has");
        releases.MapGet("/{id}/card", Card).Needs(Permissions.View).WithName("getModelCard").WithSummary("The release's model card, as Markdown");
        releases.MapGet("/{id}/report", Report).Needs(Permissions.View).WithName("getReport").WithSummary("The release's evaluation, as Markdown");
        releases.MapPost("/{id}/approve", ApproveAsync).Needs(Permissions.Approve).WithName("approveRelease").WithSummary("Approves a release that waits");
        releases.MapPost("/{id}/reject", RejectAsync).Needs(Permissions.Approve).WithName("rejectRelease").WithSummary("Rejects a release that waits");
        releases.MapPost("/{id}/promote", PromoteAsync).Needs(Permissions.Operate).WithName("promoteRelease").WithSummary("Makes a release live that passed its gates and is approved");
        releases.MapPost("/{id}/canary", CanaryAsync).Needs(Permissions.Operate).WithName("startCanary").WithSummary("Has a release serve a share of the conversations");
    }

    private static async Task<Ok<ReleasesView>> ListAsync(
        [FromServices] ReleaseHistory history, [FromServices] LiveReleaseJournal journal, CancellationToken cancellationToken)
    {
        JournalHistory now = journal.Read();
        return TypedResults.Ok(
            new ReleasesView(now.Current, now.OpenCanary?.ReleaseId, await history.ListAsync(cancellationToken).ConfigureAwait(false)));
    }

    private static Ok<IReadOnlyList<ReleaseCheck>> Verify([FromServices] ReleaseStore releases, [FromServices] LiveReleaseJournal journal) =>
        TypedResults.Ok(releases.VerifyAll(journal.Read()));

    private static async Task<Ok<IReadOnlyList<GarbageVerdict>>> GarbageAsync([FromServices] ReleaseGarbage garbage, CancellationToken cancellationToken) =>
        TypedResults.Ok(await garbage.ListAsync(cancellationToken).ConfigureAwait(false));

    private static async Task<Ok<IReadOnlyList<string>>> CollectAsync(
        Because why, HttpContext http, [FromServices] ReleaseGarbage garbage, CancellationToken cancellationToken) =>
        TypedResults.Ok(await garbage.CollectAsync(ActorIdentity.Of(http), Reasons.Given(why.Reason), cancellationToken).ConfigureAwait(false));

    private static async Task<Ok<JournalEntry>> RollbackAsync(
        Because why, HttpContext http, [FromServices] Promoter promoter, CancellationToken cancellationToken) =>
        TypedResults.Ok(await promoter.RollbackAsync(ActorIdentity.Of(http), Reasons.Given(why.Reason), cancellationToken: cancellationToken).ConfigureAwait(false));

    private static async Task<Ok<JournalEntry>> EndCanaryAsync(
        EndCanary wish, HttpContext http, [FromServices] Promoter promoter, [FromServices] PromotionGuard guard, [FromServices] LiveReleaseJournal journal, CancellationToken cancellationToken)
    {
        // What is decided about is the canary that serves now: one that begins meanwhile was judged by nobody.
        string canary = journal.Read().OpenCanary?.ReleaseId
            ?? throw new ApiException(StatusCodes.Status409Conflict, "No canary serves. Start one with POST /v1/releases/{id}/canary.");
        IReadOnlyList<JournalApproval>? approvals = wish.Promote ? await guard.RequireAsync(canary, cancellationToken).ConfigureAwait(false) : null;
        return TypedResults.Ok(await promoter
            .EndCanaryAsync(wish.Promote, ActorIdentity.Of(http), Reasons.Given(wish.Reason), canary, approvals, cancellationToken)
            .ConfigureAwait(false));
    }

    private static async Task<Ok<ReleaseStatus>> GetAsync(string id, [FromServices] ReleaseHistory history, CancellationToken cancellationToken) =>
        TypedResults.Ok(await history.FindAsync(id, cancellationToken).ConfigureAwait(false) ?? throw Unknown(id));

    private static async Task<Ok<ApprovalStatus>> ApprovalsAsync(
        string id, [FromServices] ReleaseStore releases, [FromServices] ApprovalStore approvals, CancellationToken cancellationToken)
    {
        Known(releases, id);
        return TypedResults.Ok(await approvals.StatusOfAsync(id, cancellationToken).ConfigureAwait(false));
    }

    private static ContentHttpResult Card(string id, [FromServices] ReleaseStore releases) => Markdown(releases, id, "README.md");

    private static ContentHttpResult Report(string id, [FromServices] ReleaseStore releases) => Markdown(releases, id, "report.md");

    private static Task<Ok<ApprovalStatus>> ApproveAsync(
        string id, Because why, HttpContext http, [FromServices] ReleaseStore releases, [FromServices] ApprovalStore approvals, CancellationToken cancellationToken) =>
        DecideAsync(id, why, true, http, releases, approvals, cancellationToken);

    private static Task<Ok<ApprovalStatus>> RejectAsync(
        string id, Because why, HttpContext http, [FromServices] ReleaseStore releases, [FromServices] ApprovalStore approvals, CancellationToken cancellationToken) =>
        DecideAsync(id, why, false, http, releases, approvals, cancellationToken);

    private static async Task<Ok<ApprovalStatus>> DecideAsync(
        string id, Because why, bool approve, HttpContext http, ReleaseStore releases, ApprovalStore approvals, CancellationToken cancellationToken)
    {
        Known(releases, id);
        Actor actor = ActorIdentity.Of(http);
        return TypedResults.Ok(
            await approvals.DecideAsync(id, actor, actor.Role, approve, Reasons.Given(why.Reason), cancellationToken).ConfigureAwait(false));
    }

    private static async Task<Ok<JournalEntry>> PromoteAsync(
        string id, Because why, HttpContext http, [FromServices] ReleaseStore releases, [FromServices] Promoter promoter, [FromServices] PromotionGuard guard, CancellationToken cancellationToken) =>
        TypedResults.Ok(await promoter.PromoteAsync(
            await WishAsync(id, why.Reason, http, releases, guard, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false));

    private static async Task<Ok<JournalEntry>> CanaryAsync(
        string id, StartCanary wish, HttpContext http, [FromServices] ReleaseStore releases, [FromServices] Promoter promoter, [FromServices] PromotionGuard guard, CancellationToken cancellationToken) =>
        wish.Share is > 0 and < 1
            ? TypedResults.Ok(await promoter.StartCanaryAsync(
                await WishAsync(id, wish.Reason, http, releases, guard, cancellationToken).ConfigureAwait(false), wish.Share, cancellationToken).ConfigureAwait(false))
            : throw ApiException.Invalid("share", "share must be above 0 and below 1: 0.05 is 5 % of the conversations.");

    private static async Task<Promotion> WishAsync(
        string id, string reason, HttpContext http, ReleaseStore releases, PromotionGuard guard, CancellationToken cancellationToken)
    {
        Known(releases, id);
        return new Promotion(id, ActorIdentity.Of(http), Reasons.Given(reason))
        {
            RunId = releases.FindManifest(id)!.RunId,
            Approvals = await guard.RequireAsync(id, cancellationToken).ConfigureAwait(false),
        };
    }

    private static ContentHttpResult Markdown(ReleaseStore releases, string id, string file)
    {
        Known(releases, id);
        string path = Path.Combine(releases.Verify(id).Folder, file);
        return File.Exists(path)
            ? TypedResults.Text(File.ReadAllText(path), "text/markdown")
            : throw ApiException.NotFound($"Release {id} has no {file}; it was made by an older version.");
    }

    private static void Known(ReleaseStore releases, string id)
    {
        if (!releases.Contains(id))
            throw Unknown(id);
    }

    private static ApiException Unknown(string id) => ApiException.NotFound($"There is no release '{id}'. List the releases to find the right one.");
}
