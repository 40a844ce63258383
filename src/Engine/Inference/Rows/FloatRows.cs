using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Inference.Rows;

/// <summary>A float32 matrix in a tensor's own memory.</summary>
internal sealed unsafe class FloatRows(Tensor weight) : WeightRows
{
    private readonly float* _weight = (float*)TensorMemory.Data(weight);
    private readonly int _columns = (int)weight.shape[1];

    public override void Multiply(Activations x, float* y, int stride, int from, int to)
    {
        for (int row = from; row < to; row++)
        {
            for (int vector = 0; vector < x.Count; vector++)
                y[vector * stride + row] = Vectors.Dot(_weight + (long)row * _columns, x.Plain(vector), _columns);
        }
    }

    public override void Dispose()
    {
        // The memory is the model's.
    }
}
