using Unlearning.Host.Runs;

namespace Unlearning.Host.Approvals;

/// <summary>What a run asks before its release goes live.</summary>
public interface IApprovals
{
    /// <summary>Who has to approve what a run made: the configuration's word and that of the policies whose incidents it was trained on.</summary>
    Task<ApprovalRequirement> RequiredForAsync(string runId, CancellationToken cancellationToken = default);

    /// <summary>What people said about it since the run began.</summary>
    /// <param name="run">The run.</param>
    /// <param name="proposal">What is there now; what was said about anything else does not count.</param>
    /// <param name="required">Who has to approve.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    Task<ApprovalStatus> StatusOfAsync(
        RunRecord run, Proposal proposal, ApprovalRequirement required, CancellationToken cancellationToken = default);
}
