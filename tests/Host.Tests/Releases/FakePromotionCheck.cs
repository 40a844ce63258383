using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Releases.Journal;

namespace Unlearning.Host.Tests.Releases;

/// <summary>Lets every release serve until it is told a failure.</summary>
internal sealed class FakePromotionCheck : IPromotionCheck
{
    public Exception? Failure { get; set; }

    public IReadOnlyList<JournalApproval> Approvals { get; set; } = [];

    public Task<IReadOnlyList<JournalApproval>> RequireAsync(string releaseId, CancellationToken cancellationToken = default) =>
        Failure is null ? Task.FromResult(Approvals) : Task.FromException<IReadOnlyList<JournalApproval>>(Failure);
}
