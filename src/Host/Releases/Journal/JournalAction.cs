namespace Unlearning.Host.Releases.Journal;

/// <summary>What changed about what serves.</summary>
public enum JournalAction
{
    /// <summary>A release that passed its gates replaced the live release.</summary>
    Promoted,

    /// <summary>The live release was withdrawn for the one before it.</summary>
    RolledBack,

    /// <summary>A release began to serve a share of the conversations; the live release stays.</summary>
    CanaryStarted,

    /// <summary>The canary was withdrawn; the live release serves everybody again. A canary that is promoted has no such entry.</summary>
    CanaryEnded,
}
