using System.Runtime.Intrinsics;

namespace Unlearning.Engine.Weights.Formats;

/// <summary>The third bits of 256 numbers, less 4 where unset, their low two bits, sixteen 6-bit scales less 32, and a scale for those.</summary>
internal readonly unsafe struct Q3_K : IBlockFormat
{
    public static int Elements => 256;

    public static int Bytes => 110;

    public static bool IsFinite(byte* block) => Lanes.IsFinite(block + 108);

    public static void Read(byte* block, float* values)
    {
        var scales = stackalloc byte[16];
        UnpackScales((uint*)(block + 96), (uint*)scales);
        var scale = Lanes.Half(block + 108);
        var (one, three, four) = (Vector128.Create((byte)1), Vector128.Create((byte)3), Vector128.Create((byte)4));
        for (var lane = 0; lane < 2; lane++)
        {
            var third = Vector128.Load(block + (16 * lane));
            for (var half = 0; half < 2; half++)
            {
                var quants = Vector128.Load(block + 32 + (32 * half) + (16 * lane));
                for (var plane = 0; plane < 4; plane++)
                {
                    var joined = (quants & three) | Vector128.ShiftLeft(third & one, 2);
                    var target = values + (128 * half) + (32 * plane) + (16 * lane);
                    Lanes.Scale(joined - four, scale * (scales[(8 * half) + (2 * plane) + lane] - 32), target);
                    quants = Vector128.ShiftRightLogical(quants, 2);
                    third = Vector128.ShiftRightLogical(third, 1);
                }
            }
        }
    }

    /// <summary>Two words of low nibbles, then one word with the upper two bits of all sixteen scales.</summary>
    private static void UnpackScales(uint* packed, uint* scales)
    {
        const uint Two = 0x03030303, Four = 0x0F0F0F0F;
        var upper = packed[2];
        scales[0] = (packed[0] & Four) | ((upper & Two) << 4);
        scales[1] = (packed[1] & Four) | (((upper >> 2) & Two) << 4);
        scales[2] = ((packed[0] >> 4) & Four) | (((upper >> 4) & Two) << 4);
        scales[3] = ((packed[1] >> 4) & Four) | (((upper >> 6) & Two) << 4);
    }
}
