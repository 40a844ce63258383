namespace Unlearning.Host.Incidents.Review.Bulk;

/// <summary>What can be done to many incidents at once.</summary>
internal enum BulkAction
{
    /// <summary>Find them harmful.</summary>
    Confirm,

    /// <summary>Find them harmless.</summary>
    Dismiss,

    /// <summary>Give them to somebody.</summary>
    Assign,

    /// <summary>Open them again, without any judgement.</summary>
    Reopen,
}
