using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Identity;
using Unlearning.Host.Incidents.Review;
using Unlearning.Host.Incidents.Review.Judging;

namespace Unlearning.Host.Tests.Incidents;

/// <summary>A reviewer who works at the desk of a test's store.</summary>
internal static class Reviewing
{
    /// <summary>Confirms incidents, or dismisses them.</summary>
    /// <returns>How many took the judgement.</returns>
    public static async Task<int> ReviewAsync(this IServiceProvider services, IEnumerable<Guid> ids, bool harmful)
    {
        Actor reviewer = new("reviewer", RolePermissions.Of(Role.Reviewer)) { Role = Role.Reviewer };
        IncidentDesk desk = ActivatorUtilities.CreateInstance<IncidentDesk>(services, reviewer, new PolicyReviewRules());
        return (await desk.JudgeAsync([.. ids.Select(id => id.ToString())], harmful, null, CancellationToken.None)).Changed;
    }
}
