using System.Diagnostics.CodeAnalysis;
using static TorchSharp.torch;

namespace Unlearning.Engine.Training.Optimizers;

/// <summary>Turns one direction into one step on the trainer's flat parameter vector, in place and outside autograd.</summary>
public interface IOptimizer : IDisposable
{
    /// <summary>The name in configuration and manifests.</summary>
    string Name { get; }

    /// <summary>Moves <paramref name="parameters"/> against <paramref name="direction"/>.</summary>
    /// <param name="parameters">[d], float32 or float64, changed in place.</param>
    /// <param name="direction">[d], same type; descending along it lowers the objectives. Not changed.</param>
    /// <param name="learningRate">The step length eta, at least 0.</param>
    [SuppressMessage("Naming", "CA1716", Justification = "The field's word for it; a keyword only in Visual Basic.")]
    void Step(Tensor parameters, Tensor direction, double learningRate);

    /// <summary>
    /// What must be saved for a resumed run to give the same bytes: the optimiser's own live tensors, which the caller neither
    /// changes nor disposes. Empty before the first step, and always for an optimiser without memory.
    /// </summary>
    IReadOnlyDictionary<string, Tensor> State { get; }

    /// <summary>Takes up a saved <see cref="State"/>; the tensors are copied, and must be where the parameters are. An empty one means a fresh start.</summary>
    /// <exception cref="ArgumentException">A tensor is missing, or one is there that this optimiser does not know.</exception>
    void Load(IReadOnlyDictionary<string, Tensor> state);
}
