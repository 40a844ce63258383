namespace Unlearning.Host.Incidents.Review;

/// <summary>Why a reviewer's wish was not done.</summary>
internal enum ReviewProblem
{
    /// <summary>It makes no sense as it was written.</summary>
    Invalid,

    /// <summary>There is no such incident.</summary>
    Unknown,

    /// <summary>The store is not as the wish says it should be.</summary>
    Conflict,
}
