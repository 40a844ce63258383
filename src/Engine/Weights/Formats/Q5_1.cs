using System.Runtime.Intrinsics;

namespace Unlearning.Engine.Weights.Formats;

/// <summary>A scale, a minimum, the fifth bits of 32 numbers, and their low four as in Q4_1.</summary>
internal readonly unsafe struct Q5_1 : IBlockFormat
{
    public static int Elements => 32;

    public static int Bytes => 24;

    public static bool IsFinite(byte* block) => Lanes.IsFinite(block) && Lanes.IsFinite(block + 2);

    public static void Read(byte* block, float* values)
    {
        var (scale, minimum) = (Lanes.Half(block), Lanes.Half(block + 2));
        var packed = Vector128.Load(block + 8);
        Lanes.ScaleAndShift(Lanes.Low4(packed) | Lanes.Spread(*(ushort*)(block + 4), 16), scale, minimum, values);
        Lanes.ScaleAndShift(Lanes.High4(packed) | Lanes.Spread(*(ushort*)(block + 6), 16), scale, minimum, values + 16);
    }
}
