using System.Buffers.Text;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace Unlearning.Plugin.Transport.Spooling;

/// <summary>
/// One record of a segment: its length and its CRC-32C, each as eight hex digits and a space, then the JSON, then a newline. JSON has no
/// newline of its own, so a reader that meets damage goes on at the next line.
/// </summary>
internal static class SpoolLine
{
    private const int HeaderLength = 18;

    /// <summary>Makes the line of a record.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> json)
    {
        byte[] line = new byte[HeaderLength + json.Length + 1];
        Encoding.ASCII.GetBytes($"{json.Length:x8} {Checksum(json):x8} ", line);
        json.CopyTo(line.AsSpan(HeaderLength));
        line[^1] = (byte)'\n';
        return line;
    }

    /// <summary>Reads the records of a segment.</summary>
    /// <param name="content">The segment's bytes.</param>
    /// <returns>
    /// The whole records, and how many places hold damaged ones. A last line without its newline is neither: the process died while it
    /// wrote it, before it acknowledged it.
    /// </returns>
    public static (IReadOnlyList<ReadOnlyMemory<byte>> Records, int Damaged) Decode(ReadOnlyMemory<byte> content)
    {
        List<ReadOnlyMemory<byte>> records = [];
        int damaged = 0;
        while (!content.IsEmpty)
        {
            if (TryRead(content, out ReadOnlyMemory<byte> record, out int length))
            {
                records.Add(record);
                content = content[length..];
                continue;
            }

            int end = content.Span.IndexOf((byte)'\n');
            if (end < 0)
            {
                break;
            }

            damaged++;
            content = content[(end + 1)..];
        }

        return (records, damaged);
    }

    private static bool TryRead(ReadOnlyMemory<byte> content, out ReadOnlyMemory<byte> record, out int length)
    {
        ReadOnlySpan<byte> bytes = content.Span;
        record = default;
        length = 0;
        if (bytes.Length <= HeaderLength || bytes[8] != ' ' || bytes[17] != ' '
            || !Utf8Parser.TryParse(bytes[..8], out uint size, out int read, 'x') || read != 8
            || !Utf8Parser.TryParse(bytes[9..17], out uint checksum, out read, 'x') || read != 8
            || size >= bytes.Length - HeaderLength)
        {
            return false;
        }

        record = content.Slice(HeaderLength, (int)size);
        length = HeaderLength + (int)size + 1;
        return Checksum(record.Span) == checksum;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint checksum = uint.MaxValue;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            checksum = BitOperations.Crc32C(checksum, BitConverter.IsLittleEndian ? word : BinaryReverse(word));
        }

        foreach (byte rest in bytes[(words.Length * sizeof(ulong))..])
        {
            checksum = BitOperations.Crc32C(checksum, rest);
        }

        return ~checksum;

        static ulong BinaryReverse(ulong word) => System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word);
    }
}
