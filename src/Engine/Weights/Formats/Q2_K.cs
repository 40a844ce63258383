using System.Runtime.Intrinsics;

namespace Unlearning.Engine.Weights.Formats;

/// <summary>Sixteen bytes of 4-bit scale and minimum, 256 numbers of 2 bits, and a scale for the scales and one for the minima.</summary>
internal readonly unsafe struct Q2_K : IBlockFormat
{
    public static int Elements => 256;

    public static int Bytes => 84;

    public static bool IsFinite(byte* block) => Lanes.IsFinite(block + 80) && Lanes.IsFinite(block + 82);

    public static void Read(byte* block, float* values)
    {
        var (scale, minimum) = (Lanes.Half(block + 80), Lanes.Half(block + 82));
        var three = Vector128.Create((byte)3);
        for (var half = 0; half < 2; half++)
        {
            for (var lane = 0; lane < 2; lane++)
            {
                var quants = Vector128.Load(block + 16 + (32 * half) + (16 * lane));
                for (var plane = 0; plane < 4; plane++)
                {
                    var scales = block[(8 * half) + (2 * plane) + lane];
                    var target = values + (128 * half) + (32 * plane) + (16 * lane);
                    Lanes.ScaleAndShift(quants & three, scale * (scales & 15), -(minimum * (scales >> 4)), target);
                    quants = Vector128.ShiftRightLogical(quants, 2);
                }
            }
        }
    }
}
