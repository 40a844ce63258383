using static TorchSharp.torch;

namespace Unlearning.Engine.Weights;

/// <summary>How a merged model is written.</summary>
public sealed record MergeSettings
{
    /// <summary>
    /// Float32, BFloat16 or Float16 for all tensors. Null (the default) keeps the type that each tensor is stored in, so that those which
    /// the adapter leaves alone stay as they are to the bit; of a base that is quantised anywhere it makes all of them Float32, because
    /// rounding what was 4 bits wide to 16 bits again would lose what the adapter changed.
    /// </summary>
    public ScalarType? Type { get; init; }

    /// <summary>Bytes of weights in one file; a larger model is written in shards with an index. The default is 5 GB.</summary>
    public long ShardBytes { get; init; } = 5_000_000_000;
}
