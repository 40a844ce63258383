namespace Unlearning.Host.Incidents;

/// <summary>How many incidents one run takes. The caps keep one person, or one flood, from steering what is forgotten.</summary>
public sealed class SelectionOptions
{
    /// <summary>The configuration section these options bind from.</summary>
    public const string SectionName = "Unlearning:Selection";

    /// <summary>Most incidents to forget in one run; 1 or more.</summary>
    public int MaximumIncidents { get; set; } = 512;

    /// <summary>
    /// Most incidents from one subject; 1 to <see cref="MaximumIncidents"/>. Interactions without a subject are not capped by it.
    /// </summary>
    public int MaximumPerSubject { get; set; } = 16;

    /// <summary>Most remediated incidents to replay, so that what was forgotten stays so; 0 for none.</summary>
    public int MaximumReplayed { get; set; } = 128;
}
