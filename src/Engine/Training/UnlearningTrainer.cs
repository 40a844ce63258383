using System.Diagnostics;
using TorchSharp;
using Unlearning.Engine.Directions;
using Unlearning.Engine.Models;
using Unlearning.Engine.Objectives;
using Unlearning.Engine.Text;
using Unlearning.Engine.Training.Optimizers;
using static TorchSharp.torch;

namespace Unlearning.Engine.Training;

/// <summary>
/// Multi-objective unlearning of a LoRA adapter: each step takes one batch of every objective, computes one gradient for each,
/// combines them into a direction by their Gram matrix, and moves the adapter against it. Engine thread only.
/// </summary>
public sealed class UnlearningTrainer : IDisposable
{
    private readonly LlamaModel _model;
    private readonly TrainingSettings _settings;
    private readonly IReadOnlyList<TrainingObjective> _objectives;
    private readonly IReadOnlyList<IObjective> _losses;
    private readonly SeededShuffle[] _orders;
    private readonly IDirection _direction;
    private readonly JointGradients _joint;
    private readonly GradientRows _gradients;
    private readonly ReferenceStates _references;

    /// <summary>Prepares a run.</summary>
    /// <param name="model">The frozen base.</param>
    /// <param name="settings">The recipe.</param>
    /// <param name="objectives">At least one; their order is the order of every report.</param>
    /// <param name="parent">The live release's adapter to start from, whose modules and ranks the run keeps; null starts a fresh one.</param>
    /// <param name="memoryMb">What a step may take beside the base's weights, see <see cref="EngineOptions.TrainingMemoryMb"/>. The result is the same whatever it is.</param>
    public UnlearningTrainer(
        LlamaModel model, TrainingSettings settings, IReadOnlyList<TrainingObjective> objectives, LoraAdapter? parent = null, int memoryMb = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(objectives);
        if (objectives.Count == 0)
            throw new ArgumentException("A run needs at least one objective.", nameof(objectives));
        _model = model;
        _settings = settings;
        _objectives = objectives;
        _losses = [.. objectives.Select(objective => objective.CheckedLoss(model.Config.VocabularySize))];
        _orders = [.. objectives.Select((objective, i) => new SeededShuffle(objective.Examples.Count, unchecked(settings.Seed * 1_000_003 + i)))];
        _direction = Directions.Direction.Create(settings.Direction, settings.DirectionOptions);

        // A step is smaller than half-width parameters can tell apart.
        ScalarType type = model.Type == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        Parameters = parent is null
            ? LoraParameters.Initialise(new LoraLayout(model.Config, settings.Lora), settings.Seed, type, model.Device)
            : LoraParameters.From(parent, model.Config, type, model.Device);
        Optimizer = Optimizers.Optimizer.Create(settings.Optimizer, settings.AdamW);
        Memory = new TrainingMemory(
            model.Config, Parameters.Layout, model.Type, objectives.Count, memoryMb, onGpu: model.Device.type != DeviceType.CPU);
        _joint = new JointGradients(model, Parameters, _losses, Memory);
        _gradients = new GradientRows(objectives.Count, Parameters.Layout.Length, type, model.Device);
        _references = new ReferenceStates(model);
    }

    /// <summary>Number of finished steps.</summary>
    public int Step { get; internal set; }

    /// <summary>The adapter being trained.</summary>
    public LoraParameters Parameters { get; }

    /// <summary>The optimiser with its moments.</summary>
    public IOptimizer Optimizer { get; }

    internal TrainingMemory Memory { get; }

    /// <summary>Takes the next step.</summary>
    /// <param name="pause">Called between layers, so that chat goes first.</param>
    /// <exception cref="NonFiniteGradientException">A gradient is NaN or infinite; the adapter is unchanged.</exception>
    public StepReport Advance(Action? pause = null) =>
        Advance([.. _objectives.Select((_, i) => Batch(i))], pause ?? (static () => { }));

    /// <inheritdoc/>
    public void Dispose()
    {
        _references.Dispose();
        _joint.Dispose();
        _gradients.Dispose();
        Optimizer.Dispose();
        Parameters.Dispose();
    }

    /// <summary>Takes a step on given batches, one for each objective.</summary>
    internal StepReport Advance(IReadOnlyList<IReadOnlyList<AnswerExample>> batches, Action pause)
    {
        long started = Stopwatch.GetTimestamp();
        using DisposeScope scope = NewDisposeScope();
        Tensor?[] references = [.. batches.Select((batch, i) => _losses[i].NeedsReference ? _references.Of(batch, pause) : null)];
        double[] losses = _joint.Compute(batches, references, _gradients, pause);

        using IDisposable frozen = no_grad();
        double threshold = _settings.InactiveThreshold ?? (_model.Type == ScalarType.Float64 ? 1e-12 : 1e-6);
        string[] names = [.. _objectives.Select(objective => objective.Name)];
        DirectionReport report = _direction.Combine(_gradients.Gram(), threshold, names);
        double rate = _settings.RateAt(Step);
        Tensor before = Parameters.Flat.clone();
        using (Tensor direction = _gradients.Combine(report.Weights))
            Optimizer.Step(Parameters.Flat, direction, rate);
        Tensor moved = before.sub_(Parameters.Flat).neg_();
        double[] change = _gradients.Times(moved);
        double lengths = moved.norm().Number() * report.DirectionNorm;
        double alignment = lengths > 0 ? -change.Zip(report.Weights, (c, w) => c * w).Sum() / lengths : 0;
        Step++;
        return new StepReport(Step, names, losses, report, rate, change, alignment, Stopwatch.GetElapsedTime(started));
    }

    private AnswerExample[] Batch(int objective)
    {
        (IReadOnlyList<AnswerExample> examples, IReadOnlyList<AnswerExample>? rejected) = (_objectives[objective].Examples, _objectives[objective].Rejected);
        int size = Math.Min(_objectives[objective].BatchSize ?? _settings.BatchSize, examples.Count);
        long first = (long)Step * size;
        IEnumerable<int> chosen = Enumerable.Range(0, size).Select(i => _orders[objective].At(first + i));
        return [.. chosen.SelectMany(i => rejected is null ? (AnswerExample[])[examples[i]] : [examples[i], rejected[i]])];
    }
}
