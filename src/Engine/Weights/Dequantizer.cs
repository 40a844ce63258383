using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Unlearning.Engine.Weights;

/// <summary>
/// GGML's formats: sizes, and quantised blocks to float32. Every quantised format here packs 32 numbers in a block. The products
/// and sums are in the order of ggml's own code, so that results are equal to the bit (ggml-quants.c, dequantize_row_*).
/// </summary>
internal static unsafe class Dequantizer
{
    private const int BlockLength = 32;
    private const int BlocksPerChunk = 8192;

    private delegate void BlockReader(ReadOnlySpan<byte> block, Span<float> values);

    /// <summary>The torch type of the same layout, or null for quantised formats.</summary>
    public static ScalarType? PlainType(GgmlType type) => type switch
    {
        GgmlType.F32 => ScalarType.Float32,
        GgmlType.F16 => ScalarType.Float16,
        GgmlType.BF16 => ScalarType.BFloat16,
        _ => null,
    };

    /// <summary>Numbers in a block and bytes they take; a plain format's block is one number. Null where the format is not supported.</summary>
    public static (int Elements, int Bytes)? BlockSize(GgmlType type) => type switch
    {
        GgmlType.F32 => (1, 4),
        GgmlType.F16 or GgmlType.BF16 => (1, 2),
        GgmlType.Q4_0 => (BlockLength, 18),
        GgmlType.Q4_1 => (BlockLength, 20),
        GgmlType.Q5_0 => (BlockLength, 22),
        GgmlType.Q5_1 => (BlockLength, 24),
        GgmlType.Q8_0 => (BlockLength, 34),
        _ => null,
    };

    /// <summary>Writes the float32 values of quantised blocks, on all cores.</summary>
    public static void Dequantize(GgmlType type, byte* source, float* destination, long blocks)
    {
        var read = Reader(type);
        var blockBytes = BlockSize(type)!.Value.Bytes;
        Parallel.For(0, (blocks + BlocksPerChunk - 1) / BlocksPerChunk, chunk =>
        {
            var end = Math.Min(blocks, (chunk + 1) * BlocksPerChunk);
            for (var i = chunk * BlocksPerChunk; i < end; i++)
                read(new(source + (i * blockBytes), blockBytes), new(destination + (i * BlockLength), BlockLength));
        });
    }

    private static BlockReader Reader(GgmlType type) => type switch
    {
        GgmlType.Q4_0 => ReadQ4_0,
        GgmlType.Q4_1 => ReadQ4_1,
        GgmlType.Q5_0 => ReadQ5_0,
        GgmlType.Q5_1 => ReadQ5_1,
        GgmlType.Q8_0 => ReadQ8_0,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a quantised format"),
    };

    private static void ReadQ4_0(ReadOnlySpan<byte> block, Span<float> values)
    {
        var packed = Vector128.Create(block[2..]);
        var eight = Vector128.Create((byte)8);
        Scale(((packed & Vector128.Create((byte)15)) - eight).AsSByte(), HalfAt(block), values);
        Scale((ShiftRight4(packed) - eight).AsSByte(), HalfAt(block), values[16..]);
    }

    private static void ReadQ4_1(ReadOnlySpan<byte> block, Span<float> values)
    {
        var packed = Vector128.Create(block[4..]);
        ScaleAndShift(packed & Vector128.Create((byte)15), HalfAt(block), HalfAt(block[2..]), values);
        ScaleAndShift(ShiftRight4(packed), HalfAt(block), HalfAt(block[2..]), values[16..]);
    }

    private static void ReadQ5_0(ReadOnlySpan<byte> block, Span<float> values)
    {
        Span<byte> quants = stackalloc byte[BlockLength];
        UnpackFiveBits(block[2..], quants);
        var sixteen = Vector128.Create((byte)16);
        Scale((Vector128.Create<byte>(quants) - sixteen).AsSByte(), HalfAt(block), values);
        Scale((Vector128.Create<byte>(quants[16..]) - sixteen).AsSByte(), HalfAt(block), values[16..]);
    }

    private static void ReadQ5_1(ReadOnlySpan<byte> block, Span<float> values)
    {
        Span<byte> quants = stackalloc byte[BlockLength];
        UnpackFiveBits(block[4..], quants);
        ScaleAndShift(Vector128.Create<byte>(quants), HalfAt(block), HalfAt(block[2..]), values);
        ScaleAndShift(Vector128.Create<byte>(quants[16..]), HalfAt(block), HalfAt(block[2..]), values[16..]);
    }

    private static void ReadQ8_0(ReadOnlySpan<byte> block, Span<float> values)
    {
        Scale(Vector128.Create(block[2..]).AsSByte(), HalfAt(block), values);
        Scale(Vector128.Create(block[18..]).AsSByte(), HalfAt(block), values[16..]);
    }

    /// <summary>Four fifth bits' bytes, then sixteen bytes of low and high nibbles.</summary>
    private static void UnpackFiveBits(ReadOnlySpan<byte> packed, Span<byte> quants)
    {
        var fifthBits = BinaryPrimitives.ReadUInt32LittleEndian(packed);
        for (var i = 0; i < 16; i++)
        {
            uint nibbles = packed[4 + i];
            quants[i] = (byte)((nibbles & 15) | (((fifthBits >> i) & 1) << 4));
            quants[i + 16] = (byte)((nibbles >> 4) | (((fifthBits >> (i + 16)) & 1) << 4));
        }
    }

    private static Vector128<byte> ShiftRight4(Vector128<byte> bytes) => Vector128.ShiftRightLogical(bytes, 4);

    private static float HalfAt(ReadOnlySpan<byte> bytes) => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes);

    /// <summary>values[i] = scale * quants[i].</summary>
    private static void Scale(Vector128<sbyte> quants, float scale, Span<float> values)
    {
        var (low, high) = Vector128.Widen(quants);
        var (first, second) = Vector128.Widen(low);
        var (third, fourth) = Vector128.Widen(high);
        (Vector128.ConvertToSingle(first) * scale).CopyTo(values);
        (Vector128.ConvertToSingle(second) * scale).CopyTo(values[4..]);
        (Vector128.ConvertToSingle(third) * scale).CopyTo(values[8..]);
        (Vector128.ConvertToSingle(fourth) * scale).CopyTo(values[12..]);
    }

    /// <summary>values[i] = scale * quants[i] + shift, the product rounded first; quants are below 128.</summary>
    private static void ScaleAndShift(Vector128<byte> quants, float scale, float shift, Span<float> values)
    {
        var shifts = Vector128.Create(shift);
        var (low, high) = Vector128.Widen(quants.AsSByte());
        var (first, second) = Vector128.Widen(low);
        var (third, fourth) = Vector128.Widen(high);
        ((Vector128.ConvertToSingle(first) * scale) + shifts).CopyTo(values);
        ((Vector128.ConvertToSingle(second) * scale) + shifts).CopyTo(values[4..]);
        ((Vector128.ConvertToSingle(third) * scale) + shifts).CopyTo(values[8..]);
        ((Vector128.ConvertToSingle(fourth) * scale) + shifts).CopyTo(values[12..]);
    }
}
