namespace Unlearning.Host.Reports;

/// <summary>One unlearning step as reports and plots show it.</summary>
public sealed record StepRecord
{
    /// <summary>Counted from 1.</summary>
    public required int Step { get; init; }

    /// <summary>Loss by objective ("UCE", "KL", "CE"), in nats per answer token, before this step's update.</summary>
    public required IReadOnlyDictionary<string, double> Losses { get; init; }

    /// <summary>Cosine of the angle between two objectives' gradients, by pair ("UCE/KL"); NaN where a gradient is zero.</summary>
    public required IReadOnlyDictionary<string, double> Cosines { get; init; }

    /// <summary>Euclidean norm of the combined direction.</summary>
    public required double DirectionNorm { get; init; }

    /// <summary>The branch the direction took.</summary>
    public required string Branch { get; init; }
}
