using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Unlearning.Host.Identity;
using Unlearning.Plugin.Policies;

namespace Unlearning.Host.Api.Management.Policies;

/// <summary><c>/v1/policies</c>: what is in force. Policies are files; they are changed by <c>policy apply</c> or by editing them.</summary>
internal static class PoliciesEndpoints
{
    /// <summary>Maps it.</summary>
    public static void Map(RouteGroupBuilder group) => group.MapGet("/policies", Get).WithTags("policies")
        .Needs(Permissions.View).WithName("getPolicies").WithSummary("The policies in force, and what is wrong with their files");

    private static Ok<PoliciesView> Get([FromServices] IPolicySource policies)
    {
        PolicySet current = policies.Current;
        return TypedResults.Ok(new PoliciesView(
            current.Revision,
            policies.Healthy,
            policies.Errors,
            [.. current.Policies.Select(policy => new PolicyView(policy.Name, policy.Version, policy.Hazard, policy.HazardAliases, policy.Tests.Count))]));
    }
}
