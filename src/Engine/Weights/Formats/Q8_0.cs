using System.Runtime.Intrinsics;

namespace Unlearning.Engine.Weights.Formats;

/// <summary>A scale and 32 signed bytes.</summary>
internal readonly unsafe struct Q8_0 : IBlockFormat
{
    public static int Elements => 32;

    public static int Bytes => 34;

    public static bool IsFinite(byte* block) => Lanes.IsFinite(block);

    public static void Read(byte* block, float* values)
    {
        var scale = Lanes.Half(block);
        Lanes.Scale(Vector128.Load(block + 2), scale, values);
        Lanes.Scale(Vector128.Load(block + 18), scale, values + 16);
    }
}
