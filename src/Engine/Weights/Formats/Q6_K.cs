using System.Runtime.Intrinsics;

namespace Unlearning.Engine.Weights.Formats;

/// <summary>The low four bits of 256 numbers, their upper two, sixteen signed scales, and a scale for those; less 32.</summary>
internal readonly unsafe struct Q6_K : IBlockFormat
{
    public static int Elements => 256;

    public static int Bytes => 210;

    public static bool IsFinite(byte* block) => Lanes.IsFinite(block + 208);

    public static void Read(byte* block, float* values)
    {
        var scale = Lanes.Half(block + 208);
        var (two, thirtyTwo) = (Vector128.Create((byte)0x30), Vector128.Create((byte)32));
        for (var half = 0; half < 2; half++)
        {
            for (var lane = 0; lane < 2; lane++)
            {
                var first = Vector128.Load(block + (64 * half) + (16 * lane));
                var second = Vector128.Load(block + (64 * half) + 32 + (16 * lane));
                var upper = Vector128.Load(block + 128 + (32 * half) + (16 * lane));
                var scales = (sbyte*)(block + 192 + (8 * half) + lane);
                var target = values + (128 * half) + (16 * lane);
                Lanes.Scale((Lanes.Low4(first) | (Vector128.ShiftLeft(upper, 4) & two)) - thirtyTwo, scale * scales[0], target);
                Lanes.Scale((Lanes.Low4(second) | (Vector128.ShiftLeft(upper, 2) & two)) - thirtyTwo, scale * scales[2], target + 32);
                Lanes.Scale((Lanes.High4(first) | (upper & two)) - thirtyTwo, scale * scales[4], target + 64);
                Lanes.Scale(
                    (Lanes.High4(second) | (Vector128.ShiftRightLogical(upper, 2) & two)) - thirtyTwo, scale * scales[6], target + 96);
            }
        }
    }
}
