using System.Runtime.Intrinsics;

namespace Unlearning.Engine.Weights.Formats;

/// <summary>A scale, the fifth bits of 32 numbers, and their low four as in Q4_0; less 16.</summary>
internal readonly unsafe struct Q5_0 : IBlockFormat
{
    public static int Elements => 32;

    public static int Bytes => 22;

    public static bool IsFinite(byte* block) => Lanes.IsFinite(block);

    public static void Read(byte* block, float* values)
    {
        var scale = Lanes.Half(block);
        var packed = Vector128.Load(block + 6);
        var sixteen = Vector128.Create((byte)16);
        Lanes.Scale((Lanes.Low4(packed) | Lanes.Spread(*(ushort*)(block + 2), 16)) - sixteen, scale, values);
        Lanes.Scale((Lanes.High4(packed) | Lanes.Spread(*(ushort*)(block + 4), 16)) - sixteen, scale, values + 16);
    }
}
