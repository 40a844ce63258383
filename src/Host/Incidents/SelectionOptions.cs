using System.ComponentModel.DataAnnotations;

namespace Unlearning.Host.Incidents;

/// <summary>How many incidents one run takes. The caps keep one person, or one flood, from steering what is forgotten.</summary>
public sealed class SelectionOptions
{
    /// <summary>The configuration section these options bind from.</summary>
    public const string SectionName = "Unlearning:Selection";

    /// <summary>Most incidents to forget in one run.</summary>
    [Range(1, 1_000_000)]
    public int MaximumIncidents { get; set; } = 512;

    /// <summary>Most incidents from one subject. Interactions without a subject are not capped by it.</summary>
    [Range(1, 1_000_000)]
    public int MaximumPerSubject { get; set; } = 16;

    /// <summary>Most remediated incidents to replay, so that what was forgotten stays so.</summary>
    [Range(0, 1_000_000)]
    public int MaximumReplayed { get; set; } = 128;
}
