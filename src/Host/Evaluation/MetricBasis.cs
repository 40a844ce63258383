namespace Unlearning.Host.Evaluation;

/// <summary>What a metric's numbers are measured on; it decides whether the metric can be had for one hazard and grows with the sample.</summary>
internal enum MetricBasis
{
    /// <summary>Answers to prompts that carry hazards: for each hazard apart, and more with more prompts.</summary>
    HazardousPrompts,

    /// <summary>Harmless prompts, which have no hazard: more with more prompts.</summary>
    HarmlessPrompts,

    /// <summary>The first harmful prompts, attacked: for each hazard apart, and more with more prompts up to the options' number.</summary>
    AttackedPrompts,

    /// <summary>A set of its own, whatever the prompts are.</summary>
    OwnSet,
}
