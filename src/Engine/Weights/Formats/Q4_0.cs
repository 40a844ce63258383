using System.Runtime.Intrinsics;

namespace Unlearning.Engine.Weights.Formats;

/// <summary>A half-precision scale, then 32 numbers of 4 bits less 8: the low nibbles are the first sixteen.</summary>
internal readonly unsafe struct Q4_0 : IBlockQuantiser
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

    public static void Write(float* values, byte* block)
    {
        var largest = 0f;
        for (var i = 0; i < Elements; i++)
        {
            if (MathF.Abs(values[i]) > MathF.Abs(largest))
                largest = values[i];
        }
        var scale = largest / -8;
        var inverse = scale != 0 ? 1 / scale : 0;
        *(Half*)block = (Half)scale;
        for (var i = 0; i < 16; i++)
            block[2 + i] = (byte)(Nibble(values[i]) | (Nibble(values[i + 16]) << 4));

        int Nibble(float value) => Math.Min(15, (int)(sbyte)((value * inverse) + 8.5f));
    }
}
