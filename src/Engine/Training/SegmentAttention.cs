using TorchSharp;
using Unlearning.Engine.Models;
using static TorchSharp.torch;

namespace Unlearning.Engine.Training;

/// <summary>
/// Causal attention of a segment's sequences and its backward pass, by plain matrix products. The probabilities are computed anew
/// for the backward pass: they are larger than all else that attention would have to keep.
/// </summary>
internal sealed class SegmentAttention(LlamaConfig config)
{
    private readonly long _groups = config.KeyValueHeadCount;
    private readonly long _shared = config.HeadCount / config.KeyValueHeadCount;
    private readonly double _scale = 1 / Math.Sqrt(config.HeadDim);

    /// <summary>Rotates heads [n, heads * head_dim] in place by the tokens' places, or back.</summary>
    public void Rotate(Tensor x, Segment segment, bool back = false)
    {
        using DisposeScope scope = NewDisposeScope();
        long half = config.HeadDim / 2;
        Tensor heads = x.view(x.shape[0], -1, 2 * half);
        Tensor first = heads.narrow(2, 0, half), second = heads.narrow(2, half, half);
        Tensor sine = back ? segment.Sine.neg() : segment.Sine;
        Tensor turned = (first * segment.Cosine).AddProductInPlace(second, sine, -1);
        second.mul_(segment.Cosine).AddProductInPlace(first, sine, 1);
        first.copy_(turned);
    }

    /// <summary>Attends: q [n, heads * head_dim], k and v [n, kv_heads * head_dim], q and k rotated; fills <paramref name="result"/>, like q.</summary>
    public void Forward(Tensor q, Tensor k, Tensor v, Segment segment, Tensor result)
    {
        foreach (SequenceGroup group in segment.Groups)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor probabilities = Probabilities(Queries(q, group), Keys(k, group), group);
            Unfold(result, group).copy_(Fold(probabilities.matmul(Keys(v, group)), group));
        }
    }

    /// <summary>Gradients with respect to q, k and v, given the output and its gradient.</summary>
    public (Tensor Q, Tensor K, Tensor V) Backward(Tensor q, Tensor k, Tensor v, Tensor output, Tensor upstream, Segment segment)
    {
        Tensor dq = empty_like(q), dk = empty_like(k), dv = empty_like(v);
        foreach (SequenceGroup group in segment.Groups)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor queries = Queries(q, group), keys = Keys(k, group), values = Keys(v, group), above = Queries(upstream, group);
            Tensor probabilities = Probabilities(queries, keys, group);
            KeyRows(dv, group).copy_(probabilities.transpose(2, 3).matmul(above));

            // sum over j of P_ij dP_ij equals output_i . upstream_i.
            Tensor shares = (Queries(output, group) * above).sum(-1, keepdim: true);
            Tensor scores = above.matmul(values.transpose(2, 3)).sub_(shares).mul_(probabilities).ScaleInPlace(_scale);
            Unfold(dq, group).copy_(Fold(scores.matmul(keys), group));
            KeyRows(dk, group).copy_(scores.transpose(2, 3).matmul(queries));
        }

        return (dq, dk, dv);
    }

    /// <summary>[rows, kv_heads, shared * tokens, tokens], softmax never below float32.</summary>
    private Tensor Probabilities(Tensor queries, Tensor keys, SequenceGroup group)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor scores = queries.matmul(keys.transpose(2, 3)).ScaleInPlace(_scale);
        ScalarType wide = scores.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        Tensor mask = TensorArithmetic.Filled(group.Tokens, group.Tokens, double.NegativeInfinity, wide, scores.device).triu_(1);
        Tensor visible = scores.to(wide).view(group.Rows, _groups, _shared, group.Tokens, group.Tokens).AddInPlace(mask);
        return visible.softmax(-1).to(scores.dtype).view(scores.shape).MoveToOuterDisposeScope();
    }

    // The query heads that share a key-value head are folded into the token dimension: [rows, kv_heads, shared * tokens, head_dim].
    private Tensor Queries(Tensor x, SequenceGroup group) =>
        Unfold(x, group).reshape(group.Rows, _groups, _shared * group.Tokens, config.HeadDim);

    private Tensor Fold(Tensor heads, SequenceGroup group) => heads.view(group.Rows, _groups, _shared, group.Tokens, config.HeadDim);

    private Tensor Unfold(Tensor x, SequenceGroup group) =>
        x.narrow(0, group.Start, group.Rows * group.Tokens).view(group.Rows, group.Tokens, _groups, _shared, config.HeadDim).permute(0, 2, 3, 1, 4);

    private Tensor Keys(Tensor x, SequenceGroup group) => KeyRows(x, group).contiguous();

    private Tensor KeyRows(Tensor x, SequenceGroup group) =>
        x.narrow(0, group.Start, group.Rows * group.Tokens).view(group.Rows, group.Tokens, _groups, config.HeadDim).permute(0, 2, 1, 3);
}
