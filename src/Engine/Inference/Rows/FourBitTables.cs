using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Unlearning.Engine.Weights;

namespace Unlearning.Engine.Inference.Rows;

/// <summary>
/// A Q4_0 or Q4_1 matrix on processors with AVX-512: a block has sixteen weights, scale * n + offset, which stand in one register, and
/// the nibbles choose among them. Nibbles are laid out anew so that sixteen neighbours stand at the same bits of sixteen lanes.
/// </summary>
internal sealed unsafe class FourBitTables : WidenedRows
{
    private const int Block = 32;
    private const int Group = 2 * Block; // columns of one load

    private readonly NativeBuffer _nibbles;
    private readonly NativeBuffer _scales;

    public FourBitTables(StoredTensor stored, int rows, int columns)
        : base(columns)
    {
        _nibbles = new NativeBuffer((long)rows * columns / 2);
        _scales = new NativeBuffer((long)rows * columns / Block * 2 * sizeof(float));
        Parallel.For(0, rows, row =>
        {
            byte* source = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(stored.Row(row))); // mapped, so it never moves
            ushort* lanes = (ushort*)(_nibbles.Bytes + (long)row * columns / 2);
            float* scales = Scales(row);
            bool offset = stored.Type == GgmlType.Q4_1;
            for (int block = 0; block < columns / Block; block++)
            {
                float scale = (float)*(Half*)source;
                scales[2 * block] = scale;
                scales[2 * block + 1] = offset ? (float)*(Half*)(source + 2) : -8 * scale;
                byte* packed = source + (offset ? 4 : 2);
                for (int i = 0; i < 16; i++)
                {
                    // Elements i and 16 + i of the block share a byte.
                    lanes[block / 2 * 16 + i] |= (ushort)(packed[i] << (block % 2 * 8));
                }

                source = packed + 16;
            }
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Multiply(Activations x, float* y, int stride, int from, int to)
    {
        int row = from;
        if (x.Count == 1)
        {
            for (; row <= to - 4; row += 4)
                MultiplyFour(row, x.Plain(0), y + row);
        }

        base.Multiply(x, y, stride, row, to);
    }

    public override void Dispose()
    {
        _nibbles.Dispose();
        _scales.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override float* Widen(int row, int count, float* panel)
    {
        Vector512<float> steps = Steps();
        for (int i = 0; i < count; i++)
        {
            ushort* lanes = Lanes(row + i);
            float* scales = Scales(row + i), widened = panel + i * Columns;
            for (int column = 0; column < Columns; column += Group, lanes += 16, scales += 4, widened += Group)
            {
                Vector512<int> nibbles = Avx512F.ConvertToVector512Int32(Vector256.Load(lanes));
                Vector512<float> first = Table(steps, scales), second = Table(steps, scales + 2);
                Vector512.Store(Avx512F.PermuteVar16x32(first, nibbles), widened);
                Vector512.Store(Avx512F.PermuteVar16x32(first, nibbles >>> 4), widened + 16);
                Vector512.Store(Avx512F.PermuteVar16x32(second, nibbles >>> 8), widened + 32);
                Vector512.Store(Avx512F.PermuteVar16x32(second, nibbles >>> 12), widened + 48);
            }
        }

        return panel;
    }

    /// <summary>Four rows with one vector: the same sums as over widened rows, without storing those.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MultiplyFour(int row, float* x, float* y)
    {
        Vector512<float> steps = Steps(), s0 = default, s1 = default, s2 = default, s3 = default;
        ushort* lanes = Lanes(row);
        float* scales = Scales(row);
        int nextLanes = Columns / 4, nextScales = Columns / Block * 2;
        for (int column = 0; column < Columns; column += Group, lanes += 16, scales += 4, x += Group)
        {
            Vector512<float> x0 = Vector512.Load(x), x1 = Vector512.Load(x + 16), x2 = Vector512.Load(x + 32), x3 = Vector512.Load(x + 48);
            s0 = Add(s0, steps, lanes, scales, x0, x1, x2, x3);
            s1 = Add(s1, steps, lanes + nextLanes, scales + nextScales, x0, x1, x2, x3);
            s2 = Add(s2, steps, lanes + 2 * nextLanes, scales + 2 * nextScales, x0, x1, x2, x3);
            s3 = Add(s3, steps, lanes + 3 * nextLanes, scales + 3 * nextScales, x0, x1, x2, x3);
        }

        y[0] = Vector512.Sum(s0);
        y[1] = Vector512.Sum(s1);
        y[2] = Vector512.Sum(s2);
        y[3] = Vector512.Sum(s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Add(
        Vector512<float> sum, Vector512<float> steps, ushort* lanes, float* scales, Vector512<float> x0, Vector512<float> x1, Vector512<float> x2, Vector512<float> x3)
    {
        Vector512<int> nibbles = Avx512F.ConvertToVector512Int32(Vector256.Load(lanes));
        Vector512<float> first = Table(steps, scales), second = Table(steps, scales + 2);
        sum = Vector512.FusedMultiplyAdd(Avx512F.PermuteVar16x32(first, nibbles), x0, sum);
        sum = Vector512.FusedMultiplyAdd(Avx512F.PermuteVar16x32(first, nibbles >>> 4), x1, sum);
        sum = Vector512.FusedMultiplyAdd(Avx512F.PermuteVar16x32(second, nibbles >>> 8), x2, sum);
        return Vector512.FusedMultiplyAdd(Avx512F.PermuteVar16x32(second, nibbles >>> 12), x3, sum);
    }

    /// <summary>The block's sixteen weights; the product is exact, so the sum is rounded once, as when a file is widened.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Table(Vector512<float> steps, float* scale) =>
        Vector512.FusedMultiplyAdd(steps, Vector512.Create(scale[0]), Vector512.Create(scale[1]));

    private static Vector512<float> Steps() => Vector512.Create(0f, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);

    private ushort* Lanes(int row) => (ushort*)(_nibbles.Bytes + (long)row * Columns / 2);

    private float* Scales(int row) => _scales.Floats + (long)row * Columns / Block * 2;
}
