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
    /// <param name="blocks">The layer's seven modules in the adapter, null where one is not adapted; null for the frozen base.</param>
    public LayerState(Tensor memory, long tokens, LlamaConfig config, IReadOnlyList<LoraBlock?>? blocks)
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
        Reduced =
        [
            Next(Rank(LinearModule.Query) + Rank(LinearModule.Key) + Rank(LinearModule.Value)),
            Next(Rank(LinearModule.Output)),
            Next(Rank(LinearModule.Gate) + Rank(LinearModule.Up)),
            Next(Rank(LinearModule.Down)),
        ];

        long Rank(LinearModule module) => blocks?[(int)module]?.Rank ?? 0;
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

    /// <summary>scale A x of the four groups of modules that share an input, [n, sum of the group's ranks].</summary>
    public IReadOnlyList<Tensor> Reduced { get; }

    /// <summary>Numbers for each token.</summary>
    public static long Width(LlamaConfig config, IReadOnlyList<LoraBlock?>? blocks) =>
        (2L * config.HeadDim * (config.HeadCount + config.KeyValueHeadCount)) + config.HiddenSize + (2L * config.IntermediateSize)
        + (blocks?.Sum(block => block?.Rank ?? 0) ?? 0);

    private Tensor Next(long width)
    {
        Tensor part = _memory.narrow(0, _offset, _tokens * width).view(_tokens, width);
        _offset += _tokens * width;
        return part;
    }
}
