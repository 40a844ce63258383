using System.Runtime.Intrinsics;

namespace Unlearning.Engine.Weights.Formats;

/// <summary>A scale and 32 signed bytes.</summary>
internal readonly unsafe struct Q8_0 : IBlockQuantiser
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

    public static void Write(float* values, byte* block)
    {
        var largest = 0f;
        for (var i = 0; i < Elements; i++)
            largest = MathF.Max(largest, MathF.Abs(values[i]));
        var scale = largest / 127;
        var inverse = scale != 0 ? 1 / scale : 0;
        *(Half*)block = (Half)scale;
        for (var i = 0; i < Elements; i++)
            ((sbyte*)block)[2 + i] = (sbyte)MathF.Round(values[i] * inverse, MidpointRounding.AwayFromZero);
    }
}
