using System.Runtime.Intrinsics;

namespace Unlearning.Engine.Inference.Rows;

/// <summary>Float32 vector arithmetic in a fixed order, so that results do not depend on how work is shared.</summary>
internal static unsafe class Vectors
{
    private const int Width = 8;

    public static float Dot(float* a, float* b, int length)
    {
        Vector256<float> even = default, odd = default;
        int i = 0;
        for (; i <= length - 2 * Width; i += 2 * Width)
        {
            even = Vector256.FusedMultiplyAdd(Vector256.Load(a + i), Vector256.Load(b + i), even);
            odd = Vector256.FusedMultiplyAdd(Vector256.Load(a + i + Width), Vector256.Load(b + i + Width), odd);
        }

        for (; i <= length - Width; i += Width)
            even = Vector256.FusedMultiplyAdd(Vector256.Load(a + i), Vector256.Load(b + i), even);
        float sum = Vector256.Sum(even + odd);
        for (; i < length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    /// <summary>The same where b is bfloat16.</summary>
    public static float Dot(float* a, ushort* b, int length)
    {
        Vector256<float> sum = default;
        int i = 0;
        for (; i <= length - Width; i += Width)
            sum = Vector256.FusedMultiplyAdd(Vector256.Load(a + i), Widen(b + i), sum);
        float total = Vector256.Sum(sum);
        for (; i < length; i++)
            total += a[i] * BitConverter.UInt32BitsToSingle((uint)b[i] << 16);
        return total;
    }

    /// <summary>Widens bfloat16 numbers.</summary>
    public static void Widen(ushort* source, float* target, int length)
    {
        int i = 0;
        for (; i <= length - Width; i += Width)
            Vector256.Store(Widen(source + i), target + i);
        for (; i < length; i++)
            target[i] = BitConverter.UInt32BitsToSingle((uint)source[i] << 16);
    }

    /// <summary>Rounds to the nearest bfloat16 numbers, ties to even.</summary>
    public static void Round(float* source, ushort* target, int length)
    {
        for (int i = 0; i < length; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(source[i]);
            target[i] = (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
        }
    }

    /// <summary>y += x.</summary>
    public static void Add(float* y, float* x, int length)
    {
        int i = 0;
        for (; i <= length - Width; i += Width)
            Vector256.Store(Vector256.Load(y + i) + Vector256.Load(x + i), y + i);
        for (; i < length; i++)
            y[i] += x[i];
    }

    /// <summary>y += scale * x.</summary>
    public static void AddScaled(float* y, float* x, float scale, int length)
    {
        Vector256<float> factor = Vector256.Create(scale);
        int i = 0;
        for (; i <= length - Width; i += Width)
            Vector256.Store(Vector256.FusedMultiplyAdd(factor, Vector256.Load(x + i), Vector256.Load(y + i)), y + i);
        for (; i < length; i++)
            y[i] += scale * x[i];
    }

    /// <summary>The same where x is bfloat16.</summary>
    public static void AddScaled(float* y, ushort* x, float scale, int length)
    {
        Vector256<float> factor = Vector256.Create(scale);
        int i = 0;
        for (; i <= length - Width; i += Width)
            Vector256.Store(Vector256.FusedMultiplyAdd(factor, Widen(x + i), Vector256.Load(y + i)), y + i);
        for (; i < length; i++)
            y[i] += scale * BitConverter.UInt32BitsToSingle((uint)x[i] << 16);
    }

    /// <summary>y = x * scale * weight.</summary>
    public static void Scale(float* y, float* x, float scale, float* weight, int length)
    {
        int i = 0;
        for (; i <= length - Width; i += Width)
            Vector256.Store(Vector256.Load(x + i) * scale * Vector256.Load(weight + i), y + i);
        for (; i < length; i++)
            y[i] = x[i] * scale * weight[i];
    }

    /// <summary>gate = silu(gate) * up.</summary>
    public static void Gate(float* gate, float* up, int length)
    {
        int i = 0;
        for (; i <= length - Width; i += Width)
        {
            Vector256<float> x = Vector256.Load(gate + i);
            Vector256.Store(x / (Vector256<float>.One + Vector256.Exp(-x)) * Vector256.Load(up + i), gate + i);
        }

        for (; i < length; i++)
            gate[i] = gate[i] / (1 + MathF.Exp(-gate[i])) * up[i];
    }

    /// <summary>Turns pairs (i, i + half) by the angles whose cosines and sines are given.</summary>
    public static void Rotate(float* head, float* cosine, float* sine, int half)
    {
        for (int i = 0; i < half; i++)
        {
            float first = head[i], second = head[i + half];
            head[i] = first * cosine[i] - second * sine[i];
            head[i + half] = second * cosine[i] + first * sine[i];
        }
    }

    private static Vector256<float> Widen(ushort* x)
    {
        (Vector128<uint> low, Vector128<uint> high) = Vector128.Widen(Vector128.Load(x));
        return (Vector256.Create(low, high) << 16).AsSingle();
    }
}
