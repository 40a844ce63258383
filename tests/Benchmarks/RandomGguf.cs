using System.Buffers.Binary;
using System.Text;

namespace Unlearning.Benchmarks;

/// <summary>Writes a GGUF file (version 3) of random weights: matrices in Q4_0, vectors of ones in F32.</summary>
internal sealed class RandomGguf(Stream stream)
{
    private const uint Magic = 0x46554747, Version = 3, UInt32 = 4, Float32 = 6, Text = 8, TypeF32 = 0, TypeQ4 = 2;
    private const int Alignment = 32, BlockElements = 32, BlockBytes = 18;

    // Nibbles are uniform over -8 .. 7, whose spread is about 4.6.
    private const double NibbleSpread = 4.6;

    /// <param name="integers">Metadata.</param>
    /// <param name="reals">Metadata.</param>
    /// <param name="tensors">Names and shapes, slowest dimension first.</param>
    /// <param name="spread">Standard deviation of the weights.</param>
    public void Write(
        IReadOnlyList<(string Key, int Value)> integers, IReadOnlyList<(string Key, float Value)> reals,
        IReadOnlyList<(string Name, long[] Shape)> tensors, double spread)
    {
        using BinaryWriter header = new(stream, Encoding.UTF8, leaveOpen: true);
        header.Write(Magic);
        header.Write(Version);
        header.Write((ulong)tensors.Count);
        header.Write((ulong)(1 + integers.Count + reals.Count));
        Key("general.architecture", Text);
        String("llama");
        foreach ((string key, int value) in integers)
        {
            Key(key, UInt32);
            header.Write(value);
        }

        foreach ((string key, float value) in reals)
        {
            Key(key, Float32);
            header.Write(value);
        }

        long offset = 0;
        foreach ((string name, long[] shape) in tensors)
        {
            String(name);
            header.Write((uint)shape.Length);
            foreach (long size in shape.Reverse())
                header.Write(size);
            header.Write(shape.Length == 1 ? TypeF32 : TypeQ4);
            header.Write(offset);
            offset += Bytes(shape);
        }

        header.Flush();
        stream.Position = (stream.Position + Alignment - 1) / Alignment * Alignment;
        byte[] blocks = Blocks(spread), ones = new byte[1 << 16];
        for (int i = 0; i < ones.Length; i += sizeof(float))
            BinaryPrimitives.WriteSingleLittleEndian(ones.AsSpan(i), 1);
        foreach ((_, long[] shape) in tensors)
            Repeat(shape.Length == 1 ? ones : blocks, Bytes(shape));

        void Key(string key, uint type)
        {
            String(key);
            header.Write(type);
        }

        void String(string text)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            header.Write((ulong)bytes.Length);
            header.Write(bytes);
        }
    }

    private static long Bytes(long[] shape)
    {
        long elements = shape.Aggregate(1L, (product, size) => product * size);
        return shape.Length == 1 ? elements * sizeof(float) : elements / BlockElements * BlockBytes;
    }

    private static byte[] Blocks(double spread)
    {
        byte[] blocks = new byte[BlockBytes << 16];
        new Random(1).NextBytes(blocks);
        for (int i = 0; i < blocks.Length; i += BlockBytes)
            BinaryPrimitives.WriteHalfLittleEndian(blocks.AsSpan(i), (Half)(spread / NibbleSpread));
        return blocks;
    }

    private void Repeat(byte[] pattern, long bytes)
    {
        for (long left = bytes; left > 0; left -= pattern.Length)
            stream.Write(pattern, 0, (int)Math.Min(left, pattern.Length));
    }
}
