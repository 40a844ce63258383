using Unlearning.Engine.Models;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Inference;

/// <summary>In which type a base is computed, and whether its weights stay in the file.</summary>
/// <param name="Type">Type of weights and products.</param>
/// <param name="Streamed">Whether layers are read from the file whenever they run.</param>
internal sealed record WeightPlan(ScalarType Type, bool Streamed)
{
    // Float32 leaves room for a run beside the weights; half-width weights may take most of the memory, because nothing smaller is left.
    private const double ShareOfFloat32 = 0.33, ShareOfAll = 0.8;

    /// <summary>What the options say, and where they leave it open, what fits.</summary>
    /// <param name="options">The configured type and streaming.</param>
    /// <param name="config">The model's shape.</param>
    /// <param name="memory">Memory of the device, in bytes, see <see cref="ComputeDevice.Memory"/>.</param>
    /// <exception cref="ArgumentException">There is no such type.</exception>
    public static WeightPlan For(EngineOptions options, LlamaConfig config, long memory)
    {
        double parameters = LlamaTensors.Expected(config).Sum(tensor => tensor.Shape.Aggregate(1.0, (product, size) => product * size));
        ScalarType type = options.Type switch
        {
            "auto" => 4 * parameters <= ShareOfFloat32 * memory ? ScalarType.Float32 : ScalarType.BFloat16,
            "float32" => ScalarType.Float32,
            "float64" => ScalarType.Float64,
            "bfloat16" => ScalarType.BFloat16,
            _ => throw new ArgumentException($"Engine:Type is '{options.Type}'. Use auto, float32, bfloat16 or float64."),
        };
        int size = type switch { ScalarType.Float64 => 8, ScalarType.Float32 => 4, _ => 2 };
        return new WeightPlan(type, options.StreamWeights ?? size * parameters > ShareOfAll * memory);
    }
}
