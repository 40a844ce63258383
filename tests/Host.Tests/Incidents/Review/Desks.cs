using Microsoft.Extensions.DependencyInjection;
using Unlearning.Host.Identity;
using Unlearning.Host.Incidents;
using Unlearning.Host.Incidents.Review;
using Unlearning.Host.Incidents.Review.Judging;
using Unlearning.Host.Tests.Storage;

namespace Unlearning.Host.Tests.Incidents.Review;

/// <summary>Desks of reviewers in a store.</summary>
internal static class Desks
{
    public static IIncidentDesk DeskOf(this TemporaryStore store, string name, int needed = 1, Confirmations? confirmations = null) =>
        ActivatorUtilities.CreateInstance<IncidentDesk>(
            store.Services, new Actor(name, Permissions.View | Permissions.Review), new Rules(needed), confirmations ?? new Confirmations());

    public static Task<ReviewReport> JudgeAsync(this IIncidentDesk desk, Guid id, bool harmful) => desk.JudgeAsync([$"{id}"], harmful, null, default);

    private sealed class Rules(int needed) : IReviewRules
    {
        public int MinReviewers(string policy) => needed;
    }
}
