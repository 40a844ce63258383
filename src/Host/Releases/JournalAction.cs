namespace Unlearning.Host.Releases;

/// <summary>What made a release live.</summary>
public enum JournalAction
{
    /// <summary>A run's candidate passed and replaced the live release.</summary>
    Promoted,

    /// <summary>The live release was withdrawn for the one before it.</summary>
    RolledBack,
}
