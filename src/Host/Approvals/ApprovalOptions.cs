using Unlearning.Host.Identity;

namespace Unlearning.Host.Approvals;

/// <summary>Who has to approve before a release goes live. A policy may ask for more, never for less.</summary>
public sealed class ApprovalOptions
{
    /// <summary>The configuration section these options bind from.</summary>
    public const string SectionName = "Unlearning:Approvals";

    /// <summary>How many people, 0 (the default) to 9; whoever started the run, or one that it repeats, is none of them.</summary>
    public int Required { get; set; }

    /// <summary>The roles whose approval counts; approver and admin when left empty.</summary>
    public IList<Role> Roles { get; } = [];

    /// <summary>Hours after which a release that waits is given up, and after which an approval no longer counts; 1 to 8760.</summary>
    public int ExpiresHours { get; set; } = 72;
}
