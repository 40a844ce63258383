using System.Runtime.Intrinsics;

namespace Unlearning.Engine.Weights.Formats;

/// <summary>A scale and a minimum, then 32 numbers of 4 bits: the low nibbles are the first sixteen.</summary>
internal readonly unsafe struct Q4_1 : IBlockQuantiser
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

    public static void Write(float* values, byte* block)
    {
        var (least, greatest) = (values[0], values[0]);
        for (var i = 1; i < Elements; i++)
        {
            least = values[i] < least ? values[i] : least;
            greatest = values[i] > greatest ? values[i] : greatest;
        }
        var scale = (greatest - least) / 15;
        var inverse = scale != 0 ? 1 / scale : 0;
        ((Half*)block)[0] = (Half)scale;
        ((Half*)block)[1] = (Half)least;
        for (var i = 0; i < 16; i++)
            block[4 + i] = (byte)(Nibble(values[i]) | (Nibble(values[i + 16]) << 4));

        int Nibble(float value) => Math.Min(15, (int)(sbyte)(((value - least) * inverse) + 0.5f));
    }
}
