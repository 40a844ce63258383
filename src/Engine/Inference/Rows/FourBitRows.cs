using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Unlearning.Engine.Weights;

namespace Unlearning.Engine.Inference.Rows;

/// <summary>
/// A Q4_0 or Q4_1 matrix: w = scale * nibble + offset in blocks of 32. The nibbles are laid out anew so that eight neighbours stand at
/// the same bits of eight lanes: a mask and a conversion give them times 16^j, which the scaled activations undo. So
/// x w = scale * sum(x n) + offset * sum(x), with every weight exact.
/// </summary>
internal sealed unsafe class FourBitRows : WeightRows
{
    /// <summary>Columns come in two blocks, one in the lower and one in the upper half of the lanes.</summary>
    public const int ColumnStep = 64;

    private const int Block = 32;

    private readonly int _columns;
    private readonly NativeBuffer _nibbles;
    private readonly NativeBuffer _scales;

    public FourBitRows(StoredTensor stored, int rows, int columns)
    {
        _columns = columns;
        _nibbles = new NativeBuffer((long)rows * columns / 2);
        _scales = new NativeBuffer((long)rows * columns / Block * 2 * sizeof(float));
        Parallel.For(0, rows, row =>
        {
            byte* source = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(stored.Row(row))); // mapped, so it never moves
            uint* lanes = (uint*)(_nibbles.Bytes + (long)row * columns / 2);
            float* scales = _scales.Floats + (long)row * columns / Block * 2;
            bool offset = stored.Type == GgmlType.Q4_1;
            for (int block = 0; block < columns / Block; block++)
            {
                float scale = (float)*(Half*)source;
                scales[2 * block] = scale;
                scales[2 * block + 1] = offset ? (float)*(Half*)(source + 2) : -8 * scale;
                byte* packed = source + (offset ? 4 : 2);
                for (int i = 0; i < Block; i++)
                {
                    uint nibble = i < 16 ? packed[i] & 15u : (uint)packed[i - 16] >> 4;
                    lanes[block / 2 * 8 + i % 8] |= nibble << (4 * (i / 8) + 16 * (block % 2));
                }

                source = packed + 16;
            }
        });
    }

    public override void Multiply(Activations x, float* y, int stride, int from, int to)
    {
        if (x.Count == 1)
            MultiplyOne(x, y, from, to);
        else
            MultiplySome(x, y, stride, from, to);
    }

    public override void Dispose()
    {
        _nibbles.Dispose();
        _scales.Dispose();
    }

    private static Vector256<float> Widen(Vector256<uint> lanes, uint mask) =>
        Vector256.ConvertToSingle((lanes & Vector256.Create(mask)).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MultiplyOne(Activations x, float* y, int from, int to)
    {
        for (int row = from; row < to; row++)
        {
            uint* lanes = (uint*)(_nibbles.Bytes + (long)row * _columns / 2);
            float* scales = _scales.Floats + (long)row * _columns / Block * 2;
            float* scaled = x.Scaled(0), sums = x.Sums(0);
            Vector256<float> products = default, offsets = default;
            for (int i = 0; i < _columns; i += Block)
            {
                Vector256<uint> block = Vector256.Load(lanes);
                if (i % ColumnStep != 0)
                {
                    block >>>= 16;
                    lanes += 8;
                }

                Vector256<float> sum = Widen(block, 0xF) * Vector256.Load(scaled);
                sum = Vector256.FusedMultiplyAdd(Widen(block, 0xF0), Vector256.Load(scaled + 8), sum);
                sum = Vector256.FusedMultiplyAdd(Widen(block, 0xF00), Vector256.Load(scaled + 16), sum);
                sum = Vector256.FusedMultiplyAdd(Widen(block, 0xF000), Vector256.Load(scaled + 24), sum);
                products = Vector256.FusedMultiplyAdd(sum, Vector256.Create(scales[0]), products);
                offsets = Vector256.FusedMultiplyAdd(Vector256.Load(sums), Vector256.Create(scales[1]), offsets);
                scaled += Block;
                sums += 8;
                scales += 2;
            }

            y[row] = Vector256.Sum(products + offsets);
        }
    }

    /// <summary>The same sums in the same order, each weight widened once for all vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MultiplySome(Activations x, float* y, int stride, int from, int to)
    {
        int count = x.Count;
        Vector256<float>* products = stackalloc Vector256<float>[2 * count];
        Vector256<float>* offsets = products + count;
        for (int row = from; row < to; row++)
        {
            uint* lanes = (uint*)(_nibbles.Bytes + (long)row * _columns / 2);
            float* scales = _scales.Floats + (long)row * _columns / Block * 2;
            new Span<Vector256<float>>(products, 2 * count).Clear();
            for (int i = 0; i < _columns; i += Block)
            {
                Vector256<uint> block = Vector256.Load(lanes);
                if (i % ColumnStep != 0)
                {
                    block >>>= 16;
                    lanes += 8;
                }

                Vector256<float> first = Widen(block, 0xF), second = Widen(block, 0xF0), third = Widen(block, 0xF00), fourth = Widen(block, 0xF000);
                Vector256<float> scale = Vector256.Create(scales[0]), offset = Vector256.Create(scales[1]);
                scales += 2;
                float* scaled = x.Scaled(0) + i, sums = x.Sums(0) + i / 4;
                for (int vector = 0; vector < count; vector++)
                {
                    Vector256<float> sum = first * Vector256.Load(scaled);
                    sum = Vector256.FusedMultiplyAdd(second, Vector256.Load(scaled + 8), sum);
                    sum = Vector256.FusedMultiplyAdd(third, Vector256.Load(scaled + 16), sum);
                    sum = Vector256.FusedMultiplyAdd(fourth, Vector256.Load(scaled + 24), sum);
                    products[vector] = Vector256.FusedMultiplyAdd(sum, scale, products[vector]);
                    offsets[vector] = Vector256.FusedMultiplyAdd(Vector256.Load(sums), offset, offsets[vector]);
                    scaled += _columns;
                    sums += _columns / 4;
                }
            }

            for (int vector = 0; vector < count; vector++)
                y[vector * stride + row] = Vector256.Sum(products[vector] + offsets[vector]);
        }
    }
}
