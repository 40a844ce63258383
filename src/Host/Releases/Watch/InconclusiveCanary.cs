namespace Unlearning.Host.Releases.Watch;

/// <summary>What happens to a canary whose time is over without enough to go by.</summary>
public enum InconclusiveCanary
{
    /// <summary>It goes on serving its share until there is enough, or somebody decides.</summary>
    Stay,

    /// <summary>It is withdrawn.</summary>
    Abandon,
}
