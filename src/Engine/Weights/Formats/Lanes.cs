using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Unlearning.Engine.Weights.Formats;

/// <summary>What the block formats share: sixteen small integers to floats, bit planes, and half-precision scales.</summary>
internal static unsafe class Lanes
{
    private static readonly Vector128<byte> BitOfLane = Vector128.Create((byte)1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128);
    private static readonly Vector128<byte> ByteOfLane = Vector128.Create((byte)0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);

    public static Vector128<byte> Low4(Vector128<byte> bytes) => bytes & Vector128.Create((byte)15);

    public static Vector128<byte> High4(Vector128<byte> bytes) => Vector128.ShiftRightLogical(bytes, 4);

    /// <summary>Sixteen lanes with <paramref name="value"/> where a bit is set, lowest first, and 0 elsewhere.</summary>
    public static Vector128<byte> Spread(ushort bits, byte value)
    {
        var spread = Vector128.Shuffle(Vector128.CreateScalar(bits).AsByte(), ByteOfLane);
        return Vector128.Equals(spread & BitOfLane, BitOfLane) & Vector128.Create(value);
    }

    public static bool IsFinite(byte* half) => (*(ushort*)half & 0x7C00) != 0x7C00;

    public static float Half(byte* half) => (float)*(Half*)half;

    /// <summary>values[i] = scale * quants[i].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scale(Vector128<byte> quants, float scale, float* values)
    {
        var (first, second) = ToSingle(quants.AsSByte());
        (first * scale).Store(values);
        (second * scale).Store(values + 8);
    }

    /// <summary>values[i] = scale * quants[i] + shift, the product rounded first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ScaleAndShift(Vector128<byte> quants, float scale, float shift, float* values)
    {
        var shifts = Vector256.Create(shift);
        var (first, second) = ToSingle(quants.AsSByte());
        ((first * scale) + shifts).Store(values);
        ((second * scale) + shifts).Store(values + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> First, Vector256<float> Second) ToSingle(Vector128<sbyte> quants)
    {
        if (Avx2.IsSupported)
        {
            var upper = Sse2.ShiftRightLogical128BitLane(quants, 8);
            return (
                Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(quants)),
                Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(upper)));
        }
        var (low, high) = Vector128.Widen(quants);
        var (first, second) = Vector256.Widen(Vector256.Create(low, high));
        return (Vector256.ConvertToSingle(first), Vector256.ConvertToSingle(second));
    }
}
