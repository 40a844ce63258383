using TorchSharp;
using Unlearning.Engine.Models;
using static TorchSharp.torch;

namespace Unlearning.Engine.Training;

/// <summary>
/// The linear modules of a layer that read the same input, with their LoRA pairs: y_i = W_i x + b_i + scale B_i A_i x. Forward and
/// backward are written out: W is frozen, so only x and the narrow scale A x need to be kept, and each objective's gradient is a
/// product over its own tokens. The A_i are stacked, so that the narrow products are fewer and wider.
/// </summary>
internal sealed class AdaptedLinear
{
    private readonly LayerWeights _weights;
    private readonly LinearModule[] _modules;
    private readonly LoraBlock[] _blocks;
    private readonly double _scale;
    private readonly Tensor? _a;
    private readonly Tensor[] _b;

    /// <param name="weights">The layer's weights.</param>
    /// <param name="modules">Modules that read the same input.</param>
    /// <param name="parameters">The adapter; null for the frozen base.</param>
    /// <param name="layer">Zero-based layer.</param>
    public AdaptedLinear(LayerWeights weights, LinearModule[] modules, LoraParameters? parameters, int layer)
    {
        _weights = weights;
        _modules = modules;
        _blocks = [];
        _b = [];
        if (parameters is null)
            return;

        ScalarType type = weights.InputNorm.dtype;
        IReadOnlyList<LoraBlock> blocks = parameters.Layout.Layer(layer);
        _blocks = [.. modules.Select(module => blocks[(int)module])];
        _scale = parameters.Layout.Settings.Scale;
        _a = cat([.. _blocks.Select(block => block.A(parameters.Flat))]).to(type);
        _b = [.. _blocks.Select(block => block.B(parameters.Flat).to(type))];
    }

    /// <summary>Writes the modules' outputs for <paramref name="x"/>.</summary>
    /// <param name="x">[n, in].</param>
    /// <param name="outputs">Filled, [n, out] each.</param>
    /// <param name="reduced">Filled with scale A x of all modules, [n, modules * rank], unless this is the frozen base.</param>
    /// <param name="add">Whether to add to what stands in <paramref name="outputs"/>.</param>
    public void Forward(Tensor x, Tensor[] outputs, Tensor reduced, bool add = false)
    {
        Reduce(x, reduced);
        for (int i = 0; i < outputs.Length; i++)
        {
            int module = (int)_modules[i];
            outputs[i].addmm_(x, _weights.Linear[module].t(), beta: add ? 1 : 0);
            if (_a is not null)
                outputs[i].addmm_(Part(reduced, i), _b[i].t());
            if (_weights.Biases[module] is { } bias)
                outputs[i].add_(bias);
        }
    }

    /// <summary>The part of <see cref="Forward"/> that the backward pass needs.</summary>
    public void Reduce(Tensor x, Tensor reduced)
    {
        if (_a is not null)
            reduced.addmm_(x, _a.t(), beta: 0).mul_(_scale);
    }

    /// <summary>Adds each objective's gradient to its row, and gives the gradient with respect to x.</summary>
    /// <param name="x">The input of the forward pass, [n, in].</param>
    /// <param name="reduced">What the forward pass gave with the outputs.</param>
    /// <param name="upstream">Gradients with respect to the outputs, [n, out] each.</param>
    /// <param name="runs">Which tokens are whose.</param>
    /// <param name="gradients">One row for each objective.</param>
    /// <param name="needsInput">False where nothing below is adapted; then the result is null.</param>
    public Tensor? Backward(Tensor x, Tensor reduced, Tensor[] upstream, IReadOnlyList<ObjectiveRun> runs, GradientRows gradients, bool needsInput)
    {
        Tensor narrow = empty_like(reduced);
        for (int i = 0; i < upstream.Length; i++)
            Part(narrow, i).copy_(upstream[i].matmul(_b[i]));
        narrow.mul_(_scale);

        foreach (ObjectiveRun run in runs)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor row = gradients.Row(run.Objective);
            Tensor a = Own(narrow, run).t().matmul(Own(x, run));
            for (int i = 0; i < upstream.Length; i++)
            {
                _blocks[i].A(row).add_(a.narrow(0, i * _blocks[i].Rank, _blocks[i].Rank));
                _blocks[i].B(row).add_(Own(upstream[i], run).t().matmul(Part(Own(reduced, run), i)));
            }
        }

        if (!needsInput)
            return null;
        Tensor result = narrow.matmul(_a!);
        for (int i = 0; i < upstream.Length; i++)
            result.addmm_(upstream[i], _weights.Linear[(int)_modules[i]]);
        return result;
    }

    private static Tensor Own(Tensor tokens, ObjectiveRun run) => tokens.narrow(0, run.Start, run.Count);

    private Tensor Part(Tensor stacked, int module) => stacked.narrow(1, module * _blocks[module].Rank, _blocks[module].Rank);
}
