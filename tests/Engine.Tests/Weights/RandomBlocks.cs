using System.Buffers.Binary;
using Unlearning.Engine.Weights;
using Unlearning.Engine.Weights.Formats;

namespace Unlearning.Engine.Tests.Weights;

/// <summary>Bytes of a number format: random quants under scales between 0.5 and 1.</summary>
internal static class RandomBlocks
{
    /// <summary>Where the half-precision scales of a block are; for a plain format, where a number is.</summary>
    public static int[] Scales(GgmlType type) => type switch
    {
        GgmlType.Q4_1 or GgmlType.Q5_1 or GgmlType.Q4_K or GgmlType.Q5_K => [0, 2],
        GgmlType.Q2_K => [80, 82],
        GgmlType.Q3_K => [108],
        GgmlType.Q6_K => [208],
        _ => [0],
    };

    public static byte[] Create(GgmlType type, int elements, Random random)
    {
        var format = BlockFormat.Of(type)!;
        var bytes = new byte[elements / format.Elements * format.Bytes];
        random.NextBytes(bytes);
        for (var block = 0; block < bytes.Length; block += format.Bytes)
        {
            foreach (var scale in Scales(type))
                WriteScale(type, bytes.AsSpan(block + scale), random.NextSingle() / 2 + 0.5f);
        }
        return bytes;
    }

    public static void WriteScale(GgmlType type, Span<byte> target, float value)
    {
        if (type == GgmlType.F32)
            BinaryPrimitives.WriteSingleLittleEndian(target, value);
        else if (type == GgmlType.BF16)
            BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16));
        else
            BinaryPrimitives.WriteHalfLittleEndian(target, (Half)value);
    }
}
