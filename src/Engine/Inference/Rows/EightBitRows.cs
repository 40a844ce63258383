using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Unlearning.Engine.Weights;

namespace Unlearning.Engine.Inference.Rows;

/// <summary>A Q8_0 matrix: w = scale * quant in blocks of 32, quants apart from the scales.</summary>
internal sealed unsafe class EightBitRows : WidenedRows
{
    private const int Block = 32;

    private readonly NativeBuffer _quants;
    private readonly NativeBuffer _scales;

    public EightBitRows(StoredTensor stored, int rows, int columns)
        : base(columns)
    {
        _quants = new NativeBuffer((long)rows * columns);
        _scales = new NativeBuffer((long)rows * columns / Block * sizeof(float));
        Parallel.For(0, rows, row =>
        {
            byte* source = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(stored.Row(row))); // mapped, so it never moves
            byte* quants = _quants.Bytes + (long)row * columns;
            float* scales = _scales.Floats + (long)row * columns / Block;
            for (int block = 0; block < columns / Block; block++, source += 2 + Block, quants += Block)
            {
                scales[block] = (float)*(Half*)source;
                Buffer.MemoryCopy(source + 2, quants, Block, Block);
            }
        });
    }

    public override void Dispose()
    {
        _quants.Dispose();
        _scales.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override float* Widen(int row, int count, float* panel)
    {
        sbyte* quants = (sbyte*)(_quants.Bytes + (long)row * Columns);
        float* scales = _scales.Floats + (long)row * Columns / Block;
        int total = count * Columns;
        for (int i = 0; i < total; i += Block, scales++)
        {
            if (RowProducts.IsWide)
            {
                Vector512<float> scale = Vector512.Create(*scales);
                Vector512.Store(Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Load(quants + i))) * scale, panel + i);
                Vector512.Store(Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Load(quants + i + 16))) * scale, panel + i + 16);
                continue;
            }

            for (int j = i; j < i + Block; j += 16)
            {
                (Vector128<short> low, Vector128<short> high) = Vector128.Widen(Vector128.Load(quants + j));
                Vector256.Store(Vector256.ConvertToSingle(Widen(low)) * *scales, panel + j);
                Vector256.Store(Vector256.ConvertToSingle(Widen(high)) * *scales, panel + j + 8);
            }
        }

        return panel;
    }

    private static Vector256<int> Widen(Vector128<short> quants) => Vector256.Create(Vector128.WidenLower(quants), Vector128.WidenUpper(quants));
}
