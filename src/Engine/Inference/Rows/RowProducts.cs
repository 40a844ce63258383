using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Unlearning.Engine.Inference.Rows;

/// <summary>
/// Products of up to four rows with the vectors, four at a time, all sums in registers. Every sum runs over the columns in the same
/// order, so a result depends on neither the rows nor the vectors beside it.
/// </summary>
internal static unsafe class RowProducts
{
    /// <summary>Most rows of a call.</summary>
    public const int Rows = 4;

    /// <summary>Whether sums are held in sixteen lanes; else in eight.</summary>
    public static bool IsWide => Avx512F.IsSupported;

    /// <summary>y[vector][row] = rows[row] . x[vector].</summary>
    /// <param name="rows">float32, zeros behind the last column.</param>
    /// <param name="count">1 to <see cref="Rows"/>.</param>
    /// <param name="columns">Numbers between two rows, a multiple of <see cref="Activations.Step"/>.</param>
    /// <param name="x">The vectors.</param>
    /// <param name="y">Where the first row's result of the first vector goes.</param>
    /// <param name="stride">Elements between two vectors' results.</param>
    public static void Multiply(float* rows, int count, int columns, Activations x, float* y, int stride)
    {
        int vector = 0;
        if (count == Rows && IsWide)
        {
            for (; vector <= x.Count - 4; vector += 4)
                FourByFour(rows, columns, x.Plain(vector), y + (long)vector * stride, stride);
        }

        for (; vector < x.Count; vector++)
        {
            float* plain = x.Plain(vector), own = y + (long)vector * stride;
            if (IsWide)
                Wide(rows, count, columns, plain, own);
            else
                Narrow(rows, count, columns, plain, own);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByFour(float* rows, int columns, float* x, float* y, int stride)
    {
        Vector512<float> s00 = default, s01 = default, s02 = default, s03 = default, s10 = default, s11 = default, s12 = default, s13 = default;
        Vector512<float> s20 = default, s21 = default, s22 = default, s23 = default, s30 = default, s31 = default, s32 = default, s33 = default;
        float* row1 = rows + columns, row2 = row1 + columns, row3 = row2 + columns;
        float* x1 = x + columns, x2 = x1 + columns, x3 = x2 + columns;
        for (int i = 0; i < columns; i += 16)
        {
            Vector512<float> w0 = Vector512.Load(rows + i), w1 = Vector512.Load(row1 + i), w2 = Vector512.Load(row2 + i), w3 = Vector512.Load(row3 + i);
            Vector512<float> v = Vector512.Load(x + i);
            s00 = Vector512.FusedMultiplyAdd(w0, v, s00);
            s01 = Vector512.FusedMultiplyAdd(w1, v, s01);
            s02 = Vector512.FusedMultiplyAdd(w2, v, s02);
            s03 = Vector512.FusedMultiplyAdd(w3, v, s03);
            v = Vector512.Load(x1 + i);
            s10 = Vector512.FusedMultiplyAdd(w0, v, s10);
            s11 = Vector512.FusedMultiplyAdd(w1, v, s11);
            s12 = Vector512.FusedMultiplyAdd(w2, v, s12);
            s13 = Vector512.FusedMultiplyAdd(w3, v, s13);
            v = Vector512.Load(x2 + i);
            s20 = Vector512.FusedMultiplyAdd(w0, v, s20);
            s21 = Vector512.FusedMultiplyAdd(w1, v, s21);
            s22 = Vector512.FusedMultiplyAdd(w2, v, s22);
            s23 = Vector512.FusedMultiplyAdd(w3, v, s23);
            v = Vector512.Load(x3 + i);
            s30 = Vector512.FusedMultiplyAdd(w0, v, s30);
            s31 = Vector512.FusedMultiplyAdd(w1, v, s31);
            s32 = Vector512.FusedMultiplyAdd(w2, v, s32);
            s33 = Vector512.FusedMultiplyAdd(w3, v, s33);
        }

        Store(y, s00, s01, s02, s03);
        Store(y + stride, s10, s11, s12, s13);
        Store(y + 2L * stride, s20, s21, s22, s23);
        Store(y + 3L * stride, s30, s31, s32, s33);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Wide(float* rows, int count, int columns, float* x, float* y)
    {
        if (count == Rows)
        {
            Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
            float* row1 = rows + columns, row2 = row1 + columns, row3 = row2 + columns;
            for (int i = 0; i < columns; i += 16)
            {
                Vector512<float> v = Vector512.Load(x + i);
                s0 = Vector512.FusedMultiplyAdd(Vector512.Load(rows + i), v, s0);
                s1 = Vector512.FusedMultiplyAdd(Vector512.Load(row1 + i), v, s1);
                s2 = Vector512.FusedMultiplyAdd(Vector512.Load(row2 + i), v, s2);
                s3 = Vector512.FusedMultiplyAdd(Vector512.Load(row3 + i), v, s3);
            }

            Store(y, s0, s1, s2, s3);
            return;
        }

        for (int row = 0; row < count; row++, rows += columns)
        {
            Vector512<float> sum = default;
            for (int i = 0; i < columns; i += 16)
                sum = Vector512.FusedMultiplyAdd(Vector512.Load(rows + i), Vector512.Load(x + i), sum);
            y[row] = Vector512.Sum(sum);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Narrow(float* rows, int count, int columns, float* x, float* y)
    {
        for (int row = 0; row < count; row++, rows += columns)
        {
            Vector256<float> even = default, odd = default;
            for (int i = 0; i < columns; i += 16)
            {
                even = Vector256.FusedMultiplyAdd(Vector256.Load(rows + i), Vector256.Load(x + i), even);
                odd = Vector256.FusedMultiplyAdd(Vector256.Load(rows + i + 8), Vector256.Load(x + i + 8), odd);
            }

            y[row] = Vector256.Sum(even + odd);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* y, Vector512<float> s0, Vector512<float> s1, Vector512<float> s2, Vector512<float> s3)
    {
        y[0] = Vector512.Sum(s0);
        y[1] = Vector512.Sum(s1);
        y[2] = Vector512.Sum(s2);
        y[3] = Vector512.Sum(s3);
    }
}
