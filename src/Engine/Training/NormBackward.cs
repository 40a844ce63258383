using TorchSharp;
using static TorchSharp.torch;

namespace Unlearning.Engine.Training;

/// <summary>The backward pass of RMSNorm, never computed below float32.</summary>
internal static class NormBackward
{
    /// <summary>Gradient with respect to x of x / sqrt(mean(x^2) + epsilon) * weight, given the output's: [n, hidden] each.</summary>
    public static Tensor Apply(Tensor x, Tensor weight, double epsilon, Tensor upstream)
    {
        using DisposeScope scope = NewDisposeScope();
        ScalarType type = x.dtype;
        ScalarType wide = type == ScalarType.Float64 ? type : ScalarType.Float32;
        Tensor own = x.to(wide), scaled = upstream.to(wide) * weight.to(wide);
        Tensor inverse = own.square().mean([-1], keepdim: true).AddInPlace(epsilon).rsqrt_();

        // r w dy - x r^3 mean(w dy x), r the inverse root.
        Tensor along = (own * scaled).mean([-1], keepdim: true).mul_(inverse).mul_(inverse).mul_(inverse);
        return scaled.mul_(inverse).AddProductInPlace(own, along, -1).to(type).MoveToOuterDisposeScope();
    }
}
