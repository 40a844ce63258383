using TorchSharp;
using Unlearning.Engine.Models;
using static TorchSharp.torch;

namespace Unlearning.Engine.Training;

/// <summary>
/// The linear modules of a layer that read the same input, with their LoRA pairs: y_i = W_i x + b_i + scale_i B_i A_i x, where any
/// module may have no pair. Forward and backward are written out: W is frozen, so only x and the narrow scale A x need to be kept,
/// and each objective's gradient is a product over its own tokens. The A_i are stacked, so that the narrow products are fewer and
/// wider.
/// </summary>
internal sealed class AdaptedLinear
{
    private readonly LayerWeights _weights;
    private readonly LinearModule[] _modules;
    private readonly LoraBlock?[] _blocks;
    private readonly long[] _columns;
    private readonly double? _scale;
    private readonly Tensor? _a;
    private readonly Tensor?[] _b;

    /// <param name="weights">The layer's weights.</param>
    /// <param name="modules">Modules that read the same input.</param>
    /// <param name="parameters">The adapter; null for the frozen base.</param>
    /// <param name="layer">Zero-based layer.</param>
    public AdaptedLinear(LayerWeights weights, LinearModule[] modules, LoraParameters? parameters, int layer)
    {
        _weights = weights;
        _modules = modules;
        _blocks = new LoraBlock?[modules.Length];
        _columns = new long[modules.Length];
        _b = new Tensor?[modules.Length];
        if (parameters is null)
            return;

        ScalarType type = weights.InputNorm.dtype;
        List<Tensor> a = [];
        long columns = 0;
        for (int i = 0; i < modules.Length; i++)
        {
            if (parameters.Layout.Layer(layer)[(int)modules[i]] is not { } block)
                continue;
            _blocks[i] = block;
            _columns[i] = columns;
            columns += block.Rank;
            a.Add(block.A(parameters.Flat));
            _b[i] = block.B(parameters.Flat).to(type);
        }

        if (a.Count == 0)
            return;
        _a = cat(a).to(type);
        double[] scales = [.. _blocks.OfType<LoraBlock>().Select(block => block.Settings.Scale).Distinct()];
        _scale = scales is [double common] ? common : null;
    }

    /// <summary>Writes the modules' outputs for <paramref name="x"/>.</summary>
    /// <param name="x">[n, in].</param>
    /// <param name="outputs">Filled, [n, out] each.</param>
    /// <param name="reduced">Filled with scale A x of all adapted modules, [n, sum of ranks]; untouched where there are none.</param>
    /// <param name="add">Whether to add to what stands in <paramref name="outputs"/>.</param>
    public void Forward(Tensor x, Tensor[] outputs, Tensor reduced, bool add = false)
    {
        Reduce(x, reduced);
        for (int i = 0; i < outputs.Length; i++)
        {
            int module = (int)_modules[i];
            outputs[i].addmm_(x, _weights.Linear[module].t(), beta: add ? 1 : 0);
            if (_b[i] is { } b)
                outputs[i].addmm_(Part(reduced, i), b.t());
            if (_weights.Biases[module] is { } bias)
                outputs[i].AddInPlace(bias);
        }
    }

    /// <summary>The part of <see cref="Forward"/> that the backward pass needs.</summary>
    public void Reduce(Tensor x, Tensor reduced)
    {
        if (_a is not null)
            Scale(reduced.addmm_(x, _a.t(), beta: 0));
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
        Tensor? narrow = _a is null ? null : Narrow(reduced, upstream);
        for (int run = 0; narrow is not null && run < runs.Count; run++)
            AddGradients(x, reduced, narrow, upstream, runs[run], gradients);

        if (!needsInput)
            return null;
        Tensor? result = narrow?.matmul(_a!);
        for (int i = 0; i < upstream.Length; i++)
        {
            Tensor weight = _weights.Linear[(int)_modules[i]];
            result = result is null ? upstream[i].matmul(weight) : result.addmm_(upstream[i], weight);
        }

        return result;
    }

    /// <summary>Gradient with respect to A x, [n, sum of ranks].</summary>
    private Tensor Narrow(Tensor reduced, Tensor[] upstream)
    {
        Tensor narrow = empty_like(reduced);
        for (int i = 0; i < upstream.Length; i++)
        {
            if (_b[i] is { } b)
                Part(narrow, i).copy_(upstream[i].matmul(b));
        }

        Scale(narrow);
        return narrow;
    }

    private void AddGradients(Tensor x, Tensor reduced, Tensor narrow, Tensor[] upstream, ObjectiveRun run, GradientRows gradients)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor row = gradients.Row(run.Objective);
        Tensor a = Own(narrow, run).t().matmul(Own(x, run));
        for (int i = 0; i < upstream.Length; i++)
        {
            if (_blocks[i] is not { } block)
                continue;
            block.A(row).AddInPlace(a.narrow(0, _columns[i], block.Rank));
            block.B(row).AddInPlace(Own(upstream[i], run).t().matmul(Part(Own(reduced, run), i)));
        }
    }

    /// <summary>Multiplies every module's columns by its scale, all at once where they share it.</summary>
    private void Scale(Tensor stacked)
    {
        if (_scale is { } common)
        {
            stacked.ScaleInPlace(common);
            return;
        }

        for (int i = 0; i < _blocks.Length; i++)
        {
            if (_blocks[i] is { } block)
                Part(stacked, i).ScaleInPlace(block.Settings.Scale);
        }
    }

    private static Tensor Own(Tensor tokens, ObjectiveRun run) => tokens.narrow(0, run.Start, run.Count);

    private Tensor Part(Tensor stacked, int module) => stacked.narrow(1, _columns[module], _blocks[module]!.Rank);
}
