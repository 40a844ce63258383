using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Inference.Rows;

/// <summary>A tensor's numbers in float32: its own memory, valid while it lives, or a copy where it is of another type.</summary>
internal sealed unsafe class FloatNumbers : IDisposable
{
    private readonly Tensor? _copy;

    public FloatNumbers(Tensor tensor)
    {
        _copy = tensor.dtype == ScalarType.Float32 ? null : tensor.to(ScalarType.Float32).DetachFromDisposeScope();
        Pointer = (float*)TensorMemory.Data(_copy ?? tensor);
    }

    public float* Pointer { get; }

    public void Dispose() => _copy?.Dispose();
}
