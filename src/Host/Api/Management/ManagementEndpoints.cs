using Unlearning.Host.Api.Management.Audit;
using Unlearning.Host.Api.Management.Feedback;
using Unlearning.Host.Api.Management.Incidents;
using Unlearning.Host.Api.Management.Keys;
using Unlearning.Host.Api.Management.Policies;
using Unlearning.Host.Api.Management.Releases;
using Unlearning.Host.Api.Management.Runs;

namespace Unlearning.Host.Api.Management;

/// <summary>Everything under <c>/v1</c> that is not the model's: what operators do and users think, as JSON with problem details.</summary>
internal static class ManagementEndpoints
{
    /// <summary>Maps all of them.</summary>
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        RouteGroupBuilder group = endpoints.MapGroup("/v1").AddEndpointFilter<RouteGroupBuilder, ProblemFilter>();
        KeysEndpoints.Map(group);
        AuditEndpoints.Map(group);
        PoliciesEndpoints.Map(group);
        RunsEndpoints.Map(group);
        ReleasesEndpoints.Map(group);
        IncidentReviewEndpoints.Map(group);
        FeedbackEndpoint.Map(group);
    }
}
