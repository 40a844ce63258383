using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Unlearning.Engine.Weights;

namespace Unlearning.Engine.Inference.Rows;

/// <summary>
/// A Q8_0 matrix: w = scale * quant in blocks of 32. The quants are laid out anew so that eight neighbours stand in the same byte of
/// eight lanes: shifted to the top byte they convert, sign and all, to quant * 2^24, which the stored scales undo. Every weight is exact.
/// </summary>
internal sealed unsafe class EightBitRows : WeightRows
{
    private const int Block = 32;
    private const float Undo = 1f / (1 << 24);

    private readonly int _columns;
    private readonly NativeBuffer _quants;
    private readonly NativeBuffer _scales;

    public EightBitRows(StoredTensor stored, int rows, int columns)
    {
        _columns = columns;
        _quants = new NativeBuffer((long)rows * columns);
        _scales = new NativeBuffer((long)rows * columns / Block * sizeof(float));
        Parallel.For(0, rows, row =>
        {
            byte* source = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(stored.Row(row))); // mapped, so it never moves
            byte* bytes = _quants.Bytes + (long)row * columns;
            float* scales = _scales.Floats + (long)row * columns / Block;
            for (int block = 0; block < columns / Block; block++, source += 2 + Block)
            {
                scales[block] = (float)*(Half*)source * Undo;
                for (int i = 0; i < Block; i++)
                    bytes[block * Block + 4 * (i % 8) + i / 8] = source[2 + i];
            }
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Multiply(Activations x, float* y, int stride, int from, int to)
    {
        int count = x.Count;
        Vector256<float>* totals = stackalloc Vector256<float>[count];
        for (int row = from; row < to; row++)
        {
            uint* quants = (uint*)(_quants.Bytes + (long)row * _columns);
            float* scales = _scales.Floats + (long)row * _columns / Block;
            if (count == 1)
            {
                y[row] = DotOne(quants, scales, x.Plain(0));
                continue;
            }

            new Span<Vector256<float>>(totals, count).Clear();
            for (int i = 0; i < _columns; i += Block)
            {
                Vector256<uint> block = Vector256.Load(quants);
                quants += 8;
                Vector256<float> first = Widen(block << 24), second = Widen(block << 16), third = Widen(block << 8), fourth = Widen(block);
                Vector256<float> scale = Vector256.Create(*scales++);
                float* plain = x.Plain(0) + i;
                for (int vector = 0; vector < count; vector++)
                {
                    Vector256<float> sum = first * Vector256.Load(plain);
                    sum = Vector256.FusedMultiplyAdd(second, Vector256.Load(plain + 8), sum);
                    sum = Vector256.FusedMultiplyAdd(third, Vector256.Load(plain + 16), sum);
                    sum = Vector256.FusedMultiplyAdd(fourth, Vector256.Load(plain + 24), sum);
                    totals[vector] = Vector256.FusedMultiplyAdd(sum, scale, totals[vector]);
                    plain += _columns;
                }
            }

            for (int vector = 0; vector < count; vector++)
                y[vector * stride + row] = Vector256.Sum(totals[vector]);
        }
    }

    public override void Dispose()
    {
        _quants.Dispose();
        _scales.Dispose();
    }

    private static Vector256<float> Widen(Vector256<uint> topByte) =>
        Vector256.ConvertToSingle((topByte & Vector256.Create(0xFF000000)).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float DotOne(uint* quants, float* scales, float* x)
    {
        Vector256<float> total = default;
        for (int i = 0; i < _columns; i += Block)
        {
            Vector256<uint> block = Vector256.Load(quants);
            quants += 8;
            Vector256<float> sum = Widen(block << 24) * Vector256.Load(x);
            sum = Vector256.FusedMultiplyAdd(Widen(block << 16), Vector256.Load(x + 8), sum);
            sum = Vector256.FusedMultiplyAdd(Widen(block << 8), Vector256.Load(x + 16), sum);
            sum = Vector256.FusedMultiplyAdd(Widen(block), Vector256.Load(x + 24), sum);
            total = Vector256.FusedMultiplyAdd(sum, Vector256.Create(*scales++), total);
            x += Block;
        }

        return Vector256.Sum(total);
    }
}
