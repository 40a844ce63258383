using static TorchSharp.torch;

namespace Unlearning.Engine.Models;

/// <summary>
/// Scaled dot-product attention with grouped key-value heads by plain matrix products: the query heads that share a key-value
/// head are folded into the token dimension, so keys and values are never repeated.
/// </summary>
internal static class GroupedAttention
{
    /// <param name="query">[batch, heads, tokens, head_dim], rotated.</param>
    /// <param name="key">[batch, kv_heads, length, head_dim], rotated.</param>
    /// <param name="value">[batch, kv_heads, length, head_dim].</param>
    /// <param name="mask">Additive, broadcast to [batch, kv_heads, group, tokens, length]: 0 where visible, -inf where not.</param>
    /// <returns>[batch, heads, tokens, head_dim].</returns>
    public static Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor mask)
    {
        long batch = query.shape[0], heads = query.shape[1], tokens = query.shape[2], width = query.shape[3];
        long groups = key.shape[1], length = key.shape[2];
        using Tensor folded = query.Times(1.0 / Math.Sqrt(width)).reshape(batch, groups, heads / groups * tokens, width);
        using Tensor scores = folded.matmul(key.transpose(2, 3)).view(batch, groups, heads / groups, tokens, length);
        using Tensor visible = scores.Plus(mask);

        // Softmax never below float32.
        ScalarType type = query.dtype;
        using Tensor weights = type is ScalarType.BFloat16 or ScalarType.Float16
            ? visible.to(ScalarType.Float32).softmax(-1).to(type)
            : visible.softmax(-1);
        return weights.view(batch, groups, heads / groups * tokens, length).matmul(value).view(batch, heads, tokens, width);
    }
}
