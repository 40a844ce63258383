using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Unlearning.Host.Identity;
using Unlearning.Host.Jobs;
using Unlearning.Plugin.Functions;

namespace Unlearning.Host.Api.Management.Runs;

/// <summary><c>/v1/runs</c>: what runs do, and what operators want of them.</summary>
internal static class RunsEndpoints
{
    /// <summary>How many runs are listed at most.</summary>
    public const int Most = 500;

    private const int Usual = 20;

    /// <summary>Maps them.</summary>
    public static void Map(RouteGroupBuilder group)
    {
        RouteGroupBuilder runs = group.MapGroup("/runs").WithTags("runs");
        runs.MapGet("", ListAsync).Needs(Permissions.View).WithName("listRuns").WithSummary("Lists runs, newest first");
        runs.MapPost("", StartAsync).Needs(Permissions.Operate).WithName("startRun").WithSummary("Starts a run, or finds the one that is active");
        runs.MapGet("/{id}", GetAsync).Needs(Permissions.View).WithName("getRun").WithSummary("One run, with its live progress");
        runs.MapGet("/{id}/gates", GatesAsync).Needs(Permissions.View).WithName("explainGates").WithSummary("Why the run's candidate passed or did not");
        runs.MapPost("/{id}/pause", PauseAsync).Needs(Permissions.Operate).WithName("pauseRun").WithSummary("Stops a run at its next checkpoint, to go on later");
        runs.MapPost("/{id}/resume", ResumeAsync).Needs(Permissions.Operate).WithName("resumeRun").WithSummary("Lets a paused run go on");
        runs.MapPost("/{id}/cancel", CancelAsync).Needs(Permissions.Operate).WithName("cancelRun").WithSummary("Ends a run for good; the live release stays");
        runs.MapPost("/{id}/retry", RetryAsync).Needs(Permissions.Operate).WithName("retryRun").WithSummary("Repeats a run that is over from one of its stages");
    }

    private static async Task<Ok<IReadOnlyList<RunStatus>>> ListAsync(
        [FromServices] UnlearningRuns runs, CancellationToken cancellationToken, int limit = Usual) =>
        limit is < 1 or > Most
            ? throw ApiException.Invalid("limit", $"limit is {limit}. Set it to 1 to {Most}.")
            : TypedResults.Ok(await runs.ListAsync(limit, cancellationToken).ConfigureAwait(false));

    private static async Task<Accepted<RunStatus>> StartAsync(
        StartRun wish, HttpContext http, [FromServices] UnlearningRuns runs, CancellationToken cancellationToken)
    {
        RunStatus run = await runs
            .StartAsync(new StartRunRequest(Reasons.Given(wish.Reason), wish.RequestId), ActorIdentity.Of(http), wish.Supersede, cancellationToken)
            .ConfigureAwait(false);
        return TypedResults.Accepted($"/v1/runs/{run.RunId}", run);
    }

    private static async Task<Ok<RunStatus>> GetAsync(string id, [FromServices] UnlearningRuns runs, CancellationToken cancellationToken) =>
        TypedResults.Ok(await FindAsync(runs, id, cancellationToken).ConfigureAwait(false));

    private static async Task<Ok<GateExplanation>> GatesAsync(string id, [FromServices] UnlearningRuns runs, CancellationToken cancellationToken)
    {
        RunStatus run = await FindAsync(runs, id, cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(
            await runs.ExplainGateAsync(run.RunId, cancellationToken).ConfigureAwait(false)
            ?? throw ApiException.NotFound($"The candidate of run '{id}' has not reached the gates; the run is {run.State}."));
    }

    private static async Task<Ok<RunStatus>> PauseAsync(
        string id, Because why, HttpContext http, [FromServices] UnlearningRuns runs, CancellationToken cancellationToken)
    {
        await FindAsync(runs, id, cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(await runs.PauseAsync(id, ActorIdentity.Of(http), Reasons.Given(why.Reason), cancellationToken).ConfigureAwait(false));
    }

    private static async Task<Ok<RunStatus>> ResumeAsync(
        string id, Because why, HttpContext http, [FromServices] UnlearningRuns runs, CancellationToken cancellationToken)
    {
        await FindAsync(runs, id, cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(await runs.ResumeAsync(id, ActorIdentity.Of(http), Reasons.Given(why.Reason), cancellationToken).ConfigureAwait(false));
    }

    private static async Task<Ok<RunStatus>> CancelAsync(
        string id, Because why, HttpContext http, [FromServices] UnlearningRuns runs, CancellationToken cancellationToken)
    {
        await FindAsync(runs, id, cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(await runs.CancelAsync(id, ActorIdentity.Of(http), Reasons.Given(why.Reason), cancellationToken).ConfigureAwait(false));
    }

    private static async Task<Accepted<RunStatus>> RetryAsync(
        string id, RetryRun wish, HttpContext http, [FromServices] UnlearningRuns runs, CancellationToken cancellationToken)
    {
        await FindAsync(runs, id, cancellationToken).ConfigureAwait(false);
        RunStatus run = await runs.RetryAsync(id, wish.From, ActorIdentity.Of(http), Reasons.Given(wish.Reason), cancellationToken).ConfigureAwait(false);
        return TypedResults.Accepted($"/v1/runs/{run.RunId}", run);
    }

    private static async Task<RunStatus> FindAsync(UnlearningRuns runs, string id, CancellationToken cancellationToken) =>
        await runs.GetAsync(id, cancellationToken).ConfigureAwait(false)
        ?? throw ApiException.NotFound($"There is no run '{id}'. List the runs to find the right one.");
}
