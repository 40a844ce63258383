namespace Unlearning.Host.Releases.History;

/// <summary>Where a release stands: computed from its manifest, the journal and the approvals, kept nowhere.</summary>
public enum ReleaseState
{
    /// <summary>Its gates passed and it has never served.</summary>
    Candidate,

    /// <summary>A candidate with an approval that has not expired.</summary>
    Approved,

    /// <summary>It serves a share of the conversations.</summary>
    Canary,

    /// <summary>It serves.</summary>
    Live,

    /// <summary>It was live, and a rollback leads back to it.</summary>
    Superseded,

    /// <summary>Its gates did not pass, or somebody who may approve it rejected it.</summary>
    Rejected,

    /// <summary>It was live or a canary, and was withdrawn.</summary>
    RolledBack,
}
