namespace Unlearning.Host.Releases.Serving;

/// <summary>Whether the slot has a model.</summary>
public enum ServingStatus
{
    /// <summary>The live release is being restored.</summary>
    Loading,

    /// <summary>A release answers.</summary>
    Serving,

    /// <summary>The live release cannot serve; somebody has to act.</summary>
    Blocked,
}
