using System.Runtime.Intrinsics;

namespace Unlearning.Engine.Weights.Formats;

/// <summary>A scale and a minimum, then 32 numbers of 4 bits: the low nibbles are the first sixteen.</summary>
internal readonly unsafe struct Q4_1 : IBlockFormat
{
    public static int Elements => 32;

    public static int Bytes => 20;

    public static bool IsFinite(byte* block) => Lanes.IsFinite(block) && Lanes.IsFinite(block + 2);

    public static void Read(byte* block, float* values)
    {
        var (scale, minimum) = (Lanes.Half(block), Lanes.Half(block + 2));
        var packed = Vector128.Load(block + 4);
        Lanes.ScaleAndShift(Lanes.Low4(packed), scale, minimum, values);
        Lanes.ScaleAndShift(Lanes.High4(packed), scale, minimum, values + 16);
    }
}
