namespace Unlearning.Host.Approvals;

/// <summary>A decision about a release does not count; the message says why and what to do.</summary>
/// <param name="what">What is wrong, a sentence without its full stop.</param>
/// <param name="fix">What to do, a sentence without its full stop.</param>
/// <param name="forbidden">Whether it is the person who may not, rather than the time.</param>
public sealed class ApprovalException(string what, string fix, bool forbidden) : InvalidOperationException($"{what}. {fix}.")
{
    /// <summary>Whether it is the person who may not decide this, rather than the time at which.</summary>
    public bool IsForbidden => forbidden;
}
