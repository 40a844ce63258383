using System.Text.Json;
using System.Text.Json.Serialization;

namespace Unlearning.Host.Reports;

/// <summary>One unlearning step as reports and plots show it.</summary>
public sealed record StepRecord
{
    // Gradients that vanish have no cosine; the record of such a step holds NaN.
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Counted from 1.</summary>
    public required int Step { get; init; }

    /// <summary>Loss by objective ("UCE", "KL", "CE"), in nats, before this step's update: a mean over answer tokens, or over answers for losses of whole answers.</summary>
    public required IReadOnlyDictionary<string, double> Losses { get; init; }

    /// <summary>Cosine of the angle between two objectives' gradients, by pair ("UCE/KL"); NaN where a gradient is zero.</summary>
    public required IReadOnlyDictionary<string, double> Cosines { get; init; }

    /// <summary>Euclidean norm of the combined direction.</summary>
    public required double DirectionNorm { get; init; }

    /// <summary>The branch the direction took.</summary>
    public required string Branch { get; init; }

    /// <summary>
    /// What the step does to each objective's loss to first order, in nats, by objective. A positive one means that the optimiser's
    /// scaling undid the direction's promise for it.
    /// </summary>
    public IReadOnlyDictionary<string, double> FirstOrderChanges { get; init; } = new Dictionary<string, double>();

    /// <summary>Weight of each gradient in the direction, by objective; may be negative, 0 where the gradient was too small to count.</summary>
    public IReadOnlyDictionary<string, double> Weights { get; init; } = new Dictionary<string, double>();

    /// <summary>Whether each gradient took part in the step, by objective: false for one too short, next to the longest, to be more than noise.</summary>
    public IReadOnlyDictionary<string, bool> Active { get; init; } = new Dictionary<string, bool>();

    /// <summary>Cosine of the angle between the step and the descent along the direction: 1 for plain SGD.</summary>
    public double Alignment { get; init; }

    /// <summary>Length of the shortest point in the convex hull of the unit gradients, 0 to 1: 0 where no direction lowers every objective.</summary>
    public double Stationarity { get; init; }

    /// <summary>Euclidean norm of each objective's gradient before any scaling, by objective.</summary>
    public IReadOnlyDictionary<string, double> GradientNorms { get; init; } = new Dictionary<string, double>();

    /// <summary>The steps as a file of the release.</summary>
    public static string ToJson(IReadOnlyList<StepRecord> steps) => JsonSerializer.Serialize(steps, Json);
}
