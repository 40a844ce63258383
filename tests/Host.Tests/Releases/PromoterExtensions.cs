using Unlearning.Host.Identity;
using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Releases.Journal;

namespace Unlearning.Host.Tests.Releases;

/// <summary>Short forms for tests.</summary>
internal static class PromoterExtensions
{
    /// <summary>Promotes as the service does, without approvals.</summary>
    public static Task<JournalEntry> PromoteAsync(this Promoter promoter, string releaseId, string reason, string? runId = null) =>
        promoter.PromoteAsync(new Promotion(releaseId, Actor.Service, reason) { RunId = runId });
}
