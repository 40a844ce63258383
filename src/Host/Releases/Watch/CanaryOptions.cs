namespace Unlearning.Host.Releases.Watch;

/// <summary>
/// Whether a release serves a share of the conversations before it is promoted, and for how long. What counts against it is in
/// <see cref="AutomaticRollbackOptions"/>.
/// </summary>
public sealed class CanaryOptions
{
    /// <summary>The configuration section these options bind from.</summary>
    public const string SectionName = "Unlearning:Canary";

    /// <summary>The share of the conversations, at least 0 and less than 1. 0, the default: releases are promoted without a canary.</summary>
    public double Share { get; set; }

    /// <summary>How long it serves at least before it is promoted. The default is one hour.</summary>
    public TimeSpan Duration { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How many calls it answers at least before it is promoted, at least 1. The default is 200.</summary>
    public int MinimumCalls { get; set; } = 200;

    /// <summary>What happens to a canary whose time is over without enough to go by. It is never promoted.</summary>
    public InconclusiveCanary WhenInconclusive { get; set; } = InconclusiveCanary.Stay;
}
