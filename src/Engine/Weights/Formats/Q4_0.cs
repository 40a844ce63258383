using System.Runtime.Intrinsics;

namespace Unlearning.Engine.Weights.Formats;

/// <summary>A half-precision scale, then 32 numbers of 4 bits less 8: the low nibbles are the first sixteen.</summary>
internal readonly unsafe struct Q4_0 : IBlockFormat
{
    public static int Elements => 32;

    public static int Bytes => 18;

    public static bool IsFinite(byte* block) => Lanes.IsFinite(block);

    public static void Read(byte* block, float* values)
    {
        var scale = Lanes.Half(block);
        var packed = Vector128.Load(block + 2);
        var eight = Vector128.Create((byte)8);
        Lanes.Scale(Lanes.Low4(packed) - eight, scale, values);
        Lanes.Scale(Lanes.High4(packed) - eight, scale, values + 16);
    }
}
