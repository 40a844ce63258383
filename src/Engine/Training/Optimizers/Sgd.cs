using static TorchSharp.torch;

namespace Unlearning.Engine.Training.Optimizers;

/// <summary>Plain gradient descent: theta &lt;- theta - eta d.</summary>
/// <remarks>
/// The step is the direction itself, so what a direction guarantees (no objective rises to first order) holds for the step.
/// There is no momentum: it would mix in directions that were safe somewhere else.
/// </remarks>
public sealed class Sgd : IOptimizer
{
    internal const string OptimizerName = "sgd";
    private static readonly Dictionary<string, Tensor> Nothing = [];

    /// <inheritdoc/>
    public string Name => OptimizerName;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> State => Nothing;

    /// <inheritdoc/>
    public void Step(Tensor parameters, Tensor direction, double learningRate)
    {
        FlatVectors.Check(parameters, direction, learningRate);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        parameters.AddInPlace(direction, -learningRate);
    }

    /// <inheritdoc/>
    public void Load(IReadOnlyDictionary<string, Tensor> state)
    {
        if (state.Count > 0)
            throw new ArgumentException($"Plain SGD has no state, but was given {string.Join(", ", state.Keys)}.", nameof(state));
    }

    /// <summary>Nothing to free.</summary>
    public void Dispose()
    {
    }
}
