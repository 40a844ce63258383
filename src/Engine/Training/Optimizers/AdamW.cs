using TorchSharp;
using static TorchSharp.torch;

namespace Unlearning.Engine.Training.Optimizers;

/// <summary>Adam with decoupled weight decay.</summary>
/// <remarks>
/// <para>
/// With d the direction, t the number of this step from 1, and l the weight decay:
/// theta &lt;- (1 - eta l) theta; m &lt;- b1 m + (1 - b1) d; v &lt;- b2 v + (1 - b2) d^2;
/// theta &lt;- theta - eta m' / (sqrt v' + eps), m' = m / (1 - b1^t), v' = v / (1 - b2^t).
/// Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization (arXiv 1711.05101), in PyTorch's order of operations.
/// </para>
/// <para>
/// It rescales every coordinate, remembers old directions and decays, so a direction that lowers every objective does not
/// promise that the step does. Where that matters use <see cref="Sgd"/>, or look at J (theta_new - theta_old).
/// </para>
/// </remarks>
public sealed class AdamW(AdamWSettings settings) : IOptimizer
{
    internal const string OptimizerName = "adamw";
    private const string StepKey = "step";
    private const string FirstMomentKey = "first_moment";
    private const string SecondMomentKey = "second_moment";

    private readonly AdamWSettings _settings = settings.Checked();
    private readonly Dictionary<string, Tensor> _state = [];

    /// <inheritdoc/>
    public string Name => OptimizerName;

    /// <summary><c>step</c> [1] int64, <c>first_moment</c> [d] and <c>second_moment</c> [d] of the parameters' type.</summary>
    public IReadOnlyDictionary<string, Tensor> State => _state;

    /// <inheritdoc/>
    public void Step(Tensor parameters, Tensor direction, double learningRate)
    {
        FlatVectors.Check(parameters, direction, learningRate);
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        if (_state.Count == 0)
        {
            _state[StepKey] = zeros(1, ScalarType.Int64).DetachFromDisposeScope();
            _state[FirstMomentKey] = zeros_like(parameters).DetachFromDisposeScope();
            _state[SecondMomentKey] = zeros_like(parameters).DetachFromDisposeScope();
        }

        Tensor step = _state[StepKey], first = _state[FirstMomentKey], second = _state[SecondMomentKey];
        FlatVectors.Check(parameters, first, learningRate);
        step.AddInPlace(1);
        double t = step.Number();
        parameters.ScaleInPlace(1 - learningRate * _settings.WeightDecay);
        first.ScaleInPlace(_settings.Beta1).AddInPlace(direction, 1 - _settings.Beta1);
        second.ScaleInPlace(_settings.Beta2).AddProductInPlace(direction, direction, 1 - _settings.Beta2);

        Tensor denominator = second.sqrt().DivideInPlace(Math.Sqrt(1 - Math.Pow(_settings.Beta2, t))).AddInPlace(_settings.Epsilon);
        parameters.AddQuotientInPlace(first, denominator, -learningRate / (1 - Math.Pow(_settings.Beta1, t)));
    }

    /// <inheritdoc/>
    public void Load(IReadOnlyDictionary<string, Tensor> state)
    {
        string[] keys = state.Count == 0 ? [] : [StepKey, FirstMomentKey, SecondMomentKey];
        if (!state.Keys.ToHashSet(StringComparer.Ordinal).SetEquals(keys))
            throw new ArgumentException(
                $"AdamW's state is {StepKey}, {FirstMomentKey}, {SecondMomentKey}; got {string.Join(", ", state.Keys)}.", nameof(state));

        // Copies first: loading an optimiser's own state must work too.
        Dictionary<string, Tensor> copies = state.ToDictionary(s => s.Key, s => s.Value.detach().clone().DetachFromDisposeScope());
        Dispose();
        foreach ((string key, Tensor copy) in copies)
            _state[key] = copy;
    }

    /// <summary>Frees the moments; the next step starts afresh.</summary>
    public void Dispose()
    {
        foreach (Tensor tensor in _state.Values)
            tensor.Dispose();
        _state.Clear();
    }
}
