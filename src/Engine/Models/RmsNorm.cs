using static TorchSharp.torch;

namespace Unlearning.Engine.Models;

/// <summary>Root-mean-square layer normalisation (Zhang and Sennrich, 2019), never computed below float32.</summary>
internal static class RmsNorm
{
    /// <summary>x / sqrt(mean(x^2) + epsilon) * weight over the last dimension.</summary>
    public static Tensor Apply(Tensor x, Tensor weight, double epsilon)
    {
        ScalarType type = x.dtype;
        Tensor wide = type is ScalarType.BFloat16 or ScalarType.Float16 ? x.to(ScalarType.Float32) : x;
        Tensor scaled = wide * wide.square().mean([-1], keepdim: true).Plus(epsilon).rsqrt();
        return (ReferenceEquals(wide, x) ? scaled : scaled.to(type)) * weight;
    }
}
