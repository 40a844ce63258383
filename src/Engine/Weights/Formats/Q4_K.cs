using System.Runtime.Intrinsics;

namespace Unlearning.Engine.Weights.Formats;

/// <summary>A scale for the scales and one for the minima, eight of both in 6 bits, and 256 numbers of 4 bits.</summary>
internal readonly unsafe struct Q4_K : IBlockFormat
{
    public static int Elements => 256;

    public static int Bytes => 144;

    public static bool IsFinite(byte* block) => Lanes.IsFinite(block) && Lanes.IsFinite(block + 2);

    public static void Read(byte* block, float* values)
    {
        var (scale, minimum) = (Lanes.Half(block), Lanes.Half(block + 2));
        for (var pair = 0; pair < 4; pair++)
        {
            var (lowScale, lowMinimum) = ScaleAndMinimum(block + 4, 2 * pair);
            var (highScale, highMinimum) = ScaleAndMinimum(block + 4, (2 * pair) + 1);
            for (var lane = 0; lane < 32; lane += 16)
            {
                var packed = Vector128.Load(block + 16 + (32 * pair) + lane);
                var target = values + (64 * pair) + lane;
                Lanes.ScaleAndShift(Lanes.Low4(packed), scale * lowScale, -(minimum * lowMinimum), target);
                Lanes.ScaleAndShift(Lanes.High4(packed), scale * highScale, -(minimum * highMinimum), target + 32);
            }
        }
    }

    /// <summary>
    /// The 6-bit scale and minimum number <paramref name="i"/> of the twelve bytes: the first four of both are the low bits of a byte, the
    /// others have their upper two bits above those.
    /// </summary>
    public static (int Scale, int Minimum) ScaleAndMinimum(byte* packed, int i) => i < 4
        ? (packed[i] & 63, packed[i + 4] & 63)
        : ((packed[i + 4] & 15) | ((packed[i - 4] >> 6) << 4), (packed[i + 4] >> 4) | ((packed[i] >> 6) << 4));
}
