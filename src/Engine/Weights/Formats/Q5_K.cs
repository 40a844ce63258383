using System.Runtime.Intrinsics;

namespace Unlearning.Engine.Weights.Formats;

/// <summary>As Q4_K, with the fifth bits of the 256 numbers before their low four.</summary>
internal readonly unsafe struct Q5_K : IBlockFormat
{
    public static int Elements => 256;

    public static int Bytes => 176;

    public static bool IsFinite(byte* block) => Lanes.IsFinite(block) && Lanes.IsFinite(block + 2);

    public static void Read(byte* block, float* values)
    {
        var (scale, minimum) = (Lanes.Half(block), Lanes.Half(block + 2));
        var (fifthOfLow, fifthOfHigh) = (Vector128.Create((byte)1), Vector128.Create((byte)2));
        for (var pair = 0; pair < 4; pair++)
        {
            var (lowScale, lowMinimum) = Q4_K.ScaleAndMinimum(block + 4, 2 * pair);
            var (highScale, highMinimum) = Q4_K.ScaleAndMinimum(block + 4, (2 * pair) + 1);
            for (var lane = 0; lane < 32; lane += 16)
            {
                var packed = Vector128.Load(block + 48 + (32 * pair) + lane);
                var fifth = Vector128.ShiftRightLogical(Vector128.Load(block + 16 + lane), 2 * pair);
                var low = Lanes.Low4(packed) | Vector128.ShiftLeft(fifth & fifthOfLow, 4);
                var high = Lanes.High4(packed) | Vector128.ShiftLeft(fifth & fifthOfHigh, 3);
                var target = values + (64 * pair) + lane;
                Lanes.ScaleAndShift(low, scale * lowScale, -(minimum * lowMinimum), target);
                Lanes.ScaleAndShift(high, scale * highScale, -(minimum * highMinimum), target + 32);
            }
        }
    }
}
