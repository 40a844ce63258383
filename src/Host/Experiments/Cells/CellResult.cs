using Unlearning.Host.Evaluation;
using Unlearning.Host.Reports;
using Unlearning.Host.Runs.Successive;

namespace Unlearning.Host.Experiments.Cells;

/// <summary>What a cell came to, fit to be stored: numbers only, no prompt and no answer.</summary>
internal sealed record CellResult
{
    /// <summary>The hash of the cell that it belongs to.</summary>
    public required string Hash { get; init; }

    /// <summary>What the cell is for.</summary>
    public required CellKind Kind { get; init; }

    /// <summary>The method's name.</summary>
    public required string Method { get; init; }

    /// <summary>The learning rate; NaN for the base.</summary>
    public double LearningRate { get; init; } = double.NaN;

    /// <summary>The seed.</summary>
    public int Seed { get; init; }

    /// <summary>The step whose adapter was chosen on the validation split.</summary>
    public int ChosenStep { get; init; }

    /// <summary>Its score there, lower is better; NaN for the base.</summary>
    public double Score { get; init; } = double.NaN;

    /// <summary>The step at which a gradient was no longer finite; else null.</summary>
    public int? DivergedAt { get; init; }

    /// <summary>Every step's record.</summary>
    public IReadOnlyList<StepRecord> Steps { get; init; } = [];

    /// <summary>What the validation split said of each checkpoint; empty for the base, and in cells from before it was kept.</summary>
    public IReadOnlyList<CheckpointRecord> Checkpoints { get; init; } = [];

    /// <summary>The metrics, compared with the base; empty for a tuning.</summary>
    public IReadOnlyList<MetricResult> Metrics { get; init; } = [];

    /// <summary>Where the model stood before and after each of several runs in a row; empty for other cells.</summary>
    public IReadOnlyList<SuccessiveRun> Successive { get; init; } = [];

    /// <summary>Time of the training with its validations, in seconds.</summary>
    public double TrainingSeconds { get; init; }

    /// <summary>Time of the measurement on the test prompts, in seconds.</summary>
    public double EvaluationSeconds { get; init; }

    /// <summary>The metric of that name, or null where it was not measured.</summary>
    public MetricResult? Find(string metric) => Metrics.FirstOrDefault(result => result.Name == metric);
}
