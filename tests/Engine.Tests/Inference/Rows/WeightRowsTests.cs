using TorchSharp;
using Unlearning.Engine.Inference.Rows;
using Unlearning.Engine.Tests.Weights;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Tests.Inference.Rows;

/// <summary>Every kernel there is for a number format, whichever this processor would choose.</summary>
public sealed unsafe class WeightRowsTests
{
    private const int Rows = 11, Columns = 192;

    [SkippableTheory]
    [InlineData(GgmlType.Q4_0, false)]
    [InlineData(GgmlType.Q4_0, true)]
    [InlineData(GgmlType.Q4_1, false)]
    [InlineData(GgmlType.Q4_1, true)]
    public void Four_bit_kernels_multiply_the_weights_that_the_file_holds(GgmlType type, bool tables)
    {
        Skip.If(tables && !RowProducts.IsWide, "the processor has no AVX-512");
        using OneTensor file = Random(type);
        using WeightRows rows = tables ? new FourBitTables(file.Tensor, Rows, Columns) : new FourBitRows(file.Tensor, Rows, Columns);
        Check(rows, file.Tensor);
    }

    [Fact]
    public void The_eight_bit_kernel_multiplies_the_weights_that_the_file_holds()
    {
        using OneTensor file = Random(GgmlType.Q8_0);
        using WeightRows rows = new EightBitRows(file.Tensor, Rows, Columns);
        Check(rows, file.Tensor);
    }

    private static OneTensor Random(GgmlType type) =>
        new(type, [Rows, Columns], RandomBlocks.Create(type, Rows * Columns, new Random(1)));

    private static void Check(WeightRows rows, StoredTensor stored)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor weight = stored.Read(ScalarType.Float64);
        foreach (int count in new[] { 1, 2, 4, 7, 16 })
        {
            Tensor vectors = randn(count, Columns, dtype: ScalarType.Float32);
            float[] x = [.. vectors.data<float>()], y = new float[count * Rows];
            using Activations activations = new(count, Columns, scaled: true);
            fixed (float* source = x, result = y)
            {
                activations.Load(source, count, Columns);
                rows.Multiply(activations, result, Rows, 0, 5);
                rows.Multiply(activations, result, Rows, 5, Rows);
            }

            Tensor exact = vectors.to(ScalarType.Float64).matmul(weight.t()), scale = vectors.to(ScalarType.Float64).abs().matmul(weight.abs().t());
            double worst = (tensor(y).view(count, Rows) - exact).abs().div(scale).max().item<double>();
            Assert.InRange(worst, 0, 1e-6);
        }
    }
}
