using System.Data.Common;
using Unlearning.Host.Approvals;
using Unlearning.Host.Incidents.Review;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Serving;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Api.Management;

/// <summary>
/// Turns what an operator did wrong into problem details. Everything else is the server's own fault: logged, and told without its message.
/// </summary>
internal sealed partial class ProblemFilter(ILogger<ProblemFilter> logger) : IEndpointFilter
{
    private const string WithoutStore =
        "The database does not answer. 'doctor' says what is wrong with it; what serves goes on, and a rollback works without it.";

    private const string WithoutSpace =
        "The disk with the data folder is full, so this was not done. Free some space ('doctor' tells how much there is), then repeat it.";

    /// <inheritdoc/>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.HttpContext.RequestAborted.IsCancellationRequested)
        {
            return Results.Empty;
        }
        catch (ApiException wrong)
        {
            return Problem(wrong.Status, wrong.Message, wrong.Parameter);
        }
        catch (ApprovalException wrong)
        {
            return Problem(wrong.IsForbidden ? StatusCodes.Status403Forbidden : StatusCodes.Status409Conflict, wrong.Message);
        }
        catch (ReviewException wrong)
        {
            return Problem(StatusOf(wrong.Problem), wrong.Message, wrong.Field);
        }
        catch (ReleaseException wrong)
        {
            return Problem(StatusCodes.Status409Conflict, wrong.Message);
        }
        catch (ModelUnavailableException unavailable)
        {
            return ApiProblem.Of(StatusCodes.Status503ServiceUnavailable, unavailable.Message);
        }
        catch (ArgumentException wrong) when (IsOurs(wrong))
        {
            return Problem(StatusCodes.Status400BadRequest, MessageOf(wrong), wrong.ParamName);
        }
        catch (InvalidOperationException wrong) when (IsOurs(wrong))
        {
            return Problem(StatusCodes.Status409Conflict, wrong.Message);
        }
        catch (Exception failure) when (FullDisk.IsCauseOf(failure))
        {
            LogFailed(context.HttpContext.GetEndpoint()?.DisplayName, failure.GetType().Name, failure.StackTrace);
            return Problem(StatusCodes.Status507InsufficientStorage, WithoutSpace);
        }
        catch (DbException failure)
        {
            LogFailed(context.HttpContext.GetEndpoint()?.DisplayName, failure.GetType().Name, failure.StackTrace);
            return Problem(StatusCodes.Status503ServiceUnavailable, WithoutStore);
        }
#pragma warning disable CA1031 // Whatever failed, the caller gets an answer, and the log the cause.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogFailed(context.HttpContext.GetEndpoint()?.DisplayName, failure.GetType().Name, failure.StackTrace);
            return Problem(StatusCodes.Status500InternalServerError, "The request failed. The log has the cause.");
        }
    }

    private static int StatusOf(ReviewProblem problem) => problem switch
    {
        ReviewProblem.Unknown => StatusCodes.Status404NotFound,
        ReviewProblem.Conflict => StatusCodes.Status409Conflict,
        _ => StatusCodes.Status400BadRequest,
    };

    // What this program itself complains of is written for operators; what the runtime and libraries complain of is a fault of ours.
    private static bool IsOurs(Exception failure) => failure.TargetSite?.Module.Assembly == typeof(ProblemFilter).Assembly;

    // ArgumentException appends the parameter's name, which the problem has as its field.
    private static string MessageOf(ArgumentException wrong) =>
        wrong.ParamName is { } name ? wrong.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : wrong.Message;

    private static IResult Problem(int status, string detail, string? field = null) => ApiProblem.Of(status, detail, field);

    [LoggerMessage(
        EventId = 5004,
        EventName = "RequestFailed",
        Level = LogLevel.Error,
        Message = "{Endpoint} failed with {ExceptionType}.\n{StackTrace}")]
    private partial void LogFailed(string? endpoint, string exceptionType, string? stackTrace);
}
