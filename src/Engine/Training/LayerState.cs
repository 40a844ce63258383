using Unlearning.Engine.Models;
using static TorchSharp.torch;

namespace Unlearning.Engine.Training;

/// <summary>What the backward pass of a layer needs from its forward pass, for n tokens: views on one block of memory.</summary>
internal sealed class LayerState
{
    private readonly Tensor _memory;
    private readonly long _tokens;
    private long _offset;

    /// <summary>Lays the state out; its views live in the current dispose scope.</summary>
    /// <param name="memory">At least tokens * <see cref="Width"/> numbers, a vector.</param>
    /// <param name="tokens">Number of tokens.</param>
    /// <param name="config">The model's shape.</param>
    /// <param name="rank">Rank r of the adapter, or 0.</param>
    public LayerState(Tensor memory, long tokens, LlamaConfig config, int rank)
    {
        _memory = memory;
        _tokens = tokens;
        long heads = config.HeadCount * config.HeadDim, keyValue = config.KeyValueHeadCount * config.HeadDim;
        Queries = Next(heads);
        Keys = Next(keyValue);
        Values = Next(keyValue);
        Attended = Next(heads);
        Middle = Next(config.HiddenSize);
        Gate = Next(config.IntermediateSize);
        Up = Next(config.IntermediateSize);
        Reduced = [Next(3 * rank), Next(rank), Next(2 * rank), Next(rank)];
    }

    /// <summary>Rotated queries, [n, heads * head_dim].</summary>
    public Tensor Queries { get; }

    /// <summary>Rotated keys, [n, kv_heads * head_dim].</summary>
    public Tensor Keys { get; }

    /// <summary>Values, [n, kv_heads * head_dim].</summary>
    public Tensor Values { get; }

    /// <summary>Attention's output, [n, heads * head_dim].</summary>
    public Tensor Attended { get; }

    /// <summary>The residual stream between the halves, [n, hidden].</summary>
    public Tensor Middle { get; }

    /// <summary>The gate before its activation, [n, intermediate].</summary>
    public Tensor Gate { get; }

    /// <summary>What the gate multiplies, [n, intermediate].</summary>
    public Tensor Up { get; }

    /// <summary>scale A x of the four groups of modules that share an input, [n, 3 r], [n, r], [n, 2 r] and [n, r].</summary>
    public IReadOnlyList<Tensor> Reduced { get; }

    /// <summary>Numbers for each token.</summary>
    public static long Width(LlamaConfig config, int rank) =>
        (2L * config.HeadDim * (config.HeadCount + config.KeyValueHeadCount)) + config.HiddenSize + (2L * config.IntermediateSize) + (7L * rank);

    private Tensor Next(long width)
    {
        Tensor part = _memory.narrow(0, _offset, _tokens * width).view(_tokens, width);
        _offset += _tokens * width;
        return part;
    }
}
