namespace Unlearning.Host.Approvals;

/// <summary>Where a release stands with the people who have to approve it.</summary>
public enum ApprovalState
{
    /// <summary>Enough of them approved what is there now.</summary>
    Approved,

    /// <summary>One of them said no.</summary>
    Rejected,

    /// <summary>It waits for them.</summary>
    Waiting,

    /// <summary>It waited too long.</summary>
    Expired,
}
