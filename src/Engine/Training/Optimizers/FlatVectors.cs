using static TorchSharp.torch;

namespace Unlearning.Engine.Training.Optimizers;

/// <summary>What every optimiser asks of its arguments.</summary>
internal static class FlatVectors
{
    /// <exception cref="ArgumentException">Not two vectors of one length, one device and one type, float32 or float64.</exception>
    public static void Check(Tensor parameters, Tensor direction, double learningRate)
    {
        if (parameters.dim() != 1 || direction.dim() != 1 || parameters.shape[0] != direction.shape[0])
            throw new ArgumentException(
                $"Parameters and direction must be vectors of one length; they have shapes [{string.Join(", ", parameters.shape)}] and [{string.Join(", ", direction.shape)}].");
        if (parameters.dtype != direction.dtype || parameters.dtype is not (ScalarType.Float32 or ScalarType.Float64))
            throw new ArgumentException(
                $"Parameters and direction must both be float32 or both float64; they are {parameters.dtype} and {direction.dtype}.");
        if (parameters.device_type != direction.device_type || parameters.device_index != direction.device_index)
            throw new ArgumentException($"Parameters are on {parameters.device} and the direction is on {direction.device}.");
        if (!(double.IsFinite(learningRate) && learningRate >= 0))
            throw new ArgumentOutOfRangeException(nameof(learningRate), learningRate, "The learning rate must be finite and at least 0.");
    }
}
