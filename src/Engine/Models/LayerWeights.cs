using static TorchSharp.torch;

namespace Unlearning.Engine.Models;

/// <summary>The frozen weights of one decoder layer, ready for products. The layer that hands them out owns them.</summary>
/// <param name="InputNorm">RMSNorm before attention, [hidden].</param>
/// <param name="PostAttentionNorm">RMSNorm before the MLP, [hidden].</param>
/// <param name="Linear">[out, in] for each <see cref="LinearModule"/>.</param>
/// <param name="Biases">[out], or null, for each <see cref="LinearModule"/>.</param>
internal sealed record LayerWeights(Tensor InputNorm, Tensor PostAttentionNorm, IReadOnlyList<Tensor> Linear, IReadOnlyList<Tensor?> Biases);
