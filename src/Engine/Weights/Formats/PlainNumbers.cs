using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Unlearning.Engine.Weights.Formats;

/// <summary>
/// Plain formats to float32 and back. Readers say whether every number is finite; writers take finite numbers and round to nearest even.
/// </summary>
internal static unsafe class PlainNumbers
{
    private const uint FloatExponent = 0x7F800000;
    private const int Width = 8;

    public static bool ReadFloat32(byte* source, float* values, long count)
    {
        var from = (float*)source;
        var exponent = Vector256.Create(FloatExponent);
        var broken = Vector256<uint>.Zero;
        var i = 0L;
        for (; i <= count - Width; i += Width)
        {
            var read = Vector256.Load(from + i);
            broken |= Vector256.Equals(read.AsUInt32() & exponent, exponent);
            read.Store(values + i);
        }
        var finite = broken == Vector256<uint>.Zero;
        for (; i < count; i++)
            finite &= float.IsFinite(values[i] = from[i]);
        return finite;
    }

    public static bool ReadBFloat16(byte* source, float* values, long count)
    {
        var from = (ushort*)source;
        var exponent = Vector256.Create(FloatExponent);
        var broken = Vector256<uint>.Zero;
        var i = 0L;
        for (; i <= count - Width; i += Width)
        {
            var (low, high) = Vector128.Widen(Vector128.Load(from + i));
            var bits = Vector256.ShiftLeft(Vector256.Create(low, high), 16);
            broken |= Vector256.Equals(bits & exponent, exponent);
            bits.Store((uint*)values + i);
        }
        var finite = broken == Vector256<uint>.Zero;
        for (; i < count; i++)
            finite &= float.IsFinite(values[i] = BitConverter.UInt32BitsToSingle((uint)from[i] << 16));
        return finite;
    }

    public static bool ReadFloat16(byte* source, float* values, long count)
    {
        // With the exponent's bias left as it is, the bits read as 2^-112 times the number, subnormal ones included.
        var rebias = Vector256.Create(BitConverter.UInt32BitsToSingle((127 + 112) << 23));
        var (magnitude, sign, exponent) = (Vector256.Create(0x7FFFu), Vector256.Create(0x8000u), Vector256.Create(0x7C00u));
        var from = (ushort*)source;
        var broken = Vector256<uint>.Zero;
        var i = 0L;
        for (; i <= count - Width; i += Width)
        {
            var (low, high) = Vector128.Widen(Vector128.Load(from + i));
            var bits = Vector256.Create(low, high);
            broken |= Vector256.Equals(bits & exponent, exponent);
            var scaled = Vector256.ShiftLeft(bits & magnitude, 13).AsSingle() * rebias;
            (scaled.AsUInt32() | Vector256.ShiftLeft(bits & sign, 16)).Store((uint*)values + i);
        }
        var finite = broken == Vector256<uint>.Zero;
        for (; i < count; i++)
            finite &= float.IsFinite(values[i] = (float)BitConverter.UInt16BitsToHalf(from[i]));
        return finite;
    }

    public static bool ReadFloat64(byte* source, float* values, long count)
    {
        var finite = true;
        for (var i = 0L; i < count; i++)
            finite &= double.IsFinite(values[i] = (float)((double*)source)[i]);
        return finite;
    }

    /// <summary>Writes Float64, Float16 or BFloat16.</summary>
    public static void Write(float* values, void* target, int count, ScalarType type)
    {
        switch (type)
        {
            case ScalarType.Float64:
                for (var i = 0; i < count; i++)
                    ((double*)target)[i] = values[i];
                break;
            case ScalarType.Float16:
                for (var i = 0; i < count; i++)
                    ((Half*)target)[i] = (Half)values[i];
                break;
            default:
                WriteBFloat16((uint*)values, (ushort*)target, count);
                break;
        }
    }

    private static void WriteBFloat16(uint* bits, ushort* target, int count)
    {
        var (half, one) = (Vector256.Create(0x7FFFu), Vector256<uint>.One);
        var i = 0;
        for (; i <= count - (2 * Width); i += 2 * Width)
            Vector256.Narrow(Round(Vector256.Load(bits + i)), Round(Vector256.Load(bits + i + Width))).Store(target + i);
        for (; i < count; i++)
            target[i] = (ushort)Round(Vector256.CreateScalar(bits[i])).ToScalar();

        Vector256<uint> Round(Vector256<uint> value) =>
            Vector256.ShiftRightLogical(value + half + (Vector256.ShiftRightLogical(value, 16) & one), 16);
    }
}
