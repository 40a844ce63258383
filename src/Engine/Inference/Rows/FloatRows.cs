using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Inference.Rows;

/// <summary>A float32 matrix in a tensor's own memory.</summary>
internal sealed unsafe class FloatRows(Tensor weight) : WidenedRows((int)weight.shape[1])
{
    private readonly float* _weight = (float*)TensorMemory.Data(weight);

    public override void Dispose()
    {
        // The memory is the model's.
    }

    protected override float* Widen(int row, int count, float* panel)
    {
        float* rows = _weight + (long)row * Columns;
        if (Stride == Columns)
            return rows;
        for (int i = 0; i < count; i++)
        {
            new Span<float>(rows + i * Columns, Columns).CopyTo(new(panel + i * Stride, Columns));
            new Span<float>(panel + i * Stride + Columns, Stride - Columns).Clear();
        }

        return panel;
    }
}
