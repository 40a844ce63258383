using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Unlearning.Host.Identity;
using Unlearning.Host.Incidents;
using Unlearning.Host.Incidents.Feedback;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Feedback;
using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Api.Management.Feedback;

/// <summary><c>POST /v1/feedback</c>: what an app's users think of its answers.</summary>
internal static class FeedbackEndpoint
{
    /// <summary>Maps it.</summary>
    public static void Map(RouteGroupBuilder group) => group.MapPost("/feedback", SendAsync)
        .Needs(Permissions.Report).WithTags("feedback").WithName("sendFeedback").WithSummary("Takes a thumbs up or down on an answer; a reviewer decides")
        .WithMetadata(new RequestSizeLimitAttribute(4 << 20));

    private static async Task<Ok<FeedbackAnswer>> SendAsync(
        FeedbackWish wish,
        HttpContext http,
        [FromServices] FeedbackRate rate,
        [FromServices] IPolicySource policies,
        [FromServices] IOptions<ApiOptions> options,
        [FromServices] TimeProvider time,
        CancellationToken cancellationToken)
    {
        string caller = ActorIdentity.Of(http).Name;
        if (rate.Wait(caller) is { } wait)
        {
            http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            throw new ApiException(
                StatusCodes.Status429TooManyRequests,
                $"This key has sent more than {options.Value.FeedbackPerMinute} feedbacks a minute ({ApiOptions.SectionName}:{nameof(ApiOptions.FeedbackPerMinute)}). "
                + "Send the rest later.");
        }

        IncidentReport report = Report(wish.Read(options.Value.MaximumCharacters), policies.Current, time, caller);
        FeedbackOutcome outcome = await http.RequestServices.GetRequiredService<IncidentSink>()
            .StoreFeedbackAsync(report, fromElsewhere: true, cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(new FeedbackAnswer(report.Interaction.Id, outcome, [.. report.Matches.Select(match => match.Policy)]));
    }

    private static IncidentReport Report(AnswerFeedback feedback, PolicySet policies, TimeProvider time, string caller)
    {
        try
        {
            return FeedbackReport.Of(feedback, policies, time, caller);
        }
        catch (ArgumentException wrong) when (wrong.ParamName is { Length: > 0 } name)
        {
            string field = char.ToLowerInvariant(name[0]) + name[1..];
            throw ApiException.Invalid(field, wrong.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal));
        }
    }
}
