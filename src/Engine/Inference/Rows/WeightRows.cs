using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Inference.Rows;

/// <summary>A weight matrix, [rows, columns], that multiplies a few float32 vectors. Its numbers are widened exactly, never the vectors rounded.</summary>
internal abstract unsafe class WeightRows : IDisposable
{
    /// <summary>Chooses the smallest exact form: the file's blocks where there is a kernel for them, else the model's own tensor.</summary>
    /// <param name="weight">Contiguous float32 or bfloat16 on the CPU; must outlive the result.</param>
    /// <param name="stored">The numbers as the file holds them.</param>
    public static WeightRows Create(Tensor weight, StoredTensor stored)
    {
        int rows = (int)weight.shape[0], columns = (int)weight.shape[1];
        bool wholeBlocks = columns % FourBitRows.ColumnStep == 0;
        return stored.Type switch
        {
            GgmlType.Q4_0 or GgmlType.Q4_1 when wholeBlocks && RowProducts.IsWide => new FourBitTables(stored, rows, columns),
            GgmlType.Q4_0 or GgmlType.Q4_1 when wholeBlocks => new FourBitRows(stored, rows, columns),
            GgmlType.Q8_0 when wholeBlocks => new EightBitRows(stored, rows, columns),
            _ when weight.dtype == ScalarType.BFloat16 => new BFloat16Rows(weight),
            _ => new FloatRows(weight),
        };
    }

    /// <summary>Writes rows <paramref name="from"/> to <paramref name="to"/> - 1 of every product.</summary>
    /// <param name="x">The vectors.</param>
    /// <param name="y">Result [vectors, stride].</param>
    /// <param name="stride">Elements between two results.</param>
    /// <param name="from">First row.</param>
    /// <param name="to">Row after the last.</param>
    public abstract void Multiply(Activations x, float* y, int stride, int from, int to);

    /// <summary>Frees the kernel's own copy, where it has one.</summary>
    public abstract void Dispose();
}
