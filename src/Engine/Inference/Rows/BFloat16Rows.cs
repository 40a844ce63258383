using System.Runtime.CompilerServices;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Inference.Rows;

/// <summary>A bfloat16 matrix in a tensor's own memory.</summary>
internal sealed unsafe class BFloat16Rows(Tensor weight) : WidenedRows((int)weight.shape[1])
{
    private readonly ushort* _weight = (ushort*)TensorMemory.Data(weight);

    public override void Dispose()
    {
        // The memory is the model's.
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override float* Widen(int row, int count, float* panel)
    {
        for (int i = 0; i < count; i++)
        {
            Vectors.Widen(_weight + (long)(row + i) * Columns, panel + i * Stride, Columns);
            new Span<float>(panel + i * Stride + Columns, Stride - Columns).Clear();
        }

        return panel;
    }
}
