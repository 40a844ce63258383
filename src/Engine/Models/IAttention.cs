using static TorchSharp.torch;

namespace Unlearning.Engine.Models;

/// <summary>Rotary position embedding and attention over one batch: either a whole causal sequence, or one token against a cache.</summary>
public interface IAttention
{
    /// <summary>Attends within layer <paramref name="layer"/>.</summary>
    /// <param name="layer">Zero-based layer.</param>
    /// <param name="query">[batch, heads, tokens, head_dim], not yet rotated.</param>
    /// <param name="key">[batch, kv_heads, tokens, head_dim], not yet rotated.</param>
    /// <param name="value">[batch, kv_heads, tokens, head_dim].</param>
    /// <returns>[batch, heads, tokens, head_dim].</returns>
    Tensor Attend(int layer, Tensor query, Tensor key, Tensor value);
}
