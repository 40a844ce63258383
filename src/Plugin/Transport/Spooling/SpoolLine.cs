using System.Buffers.Text;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace Unlearning.Plugin.Transport.Spooling;

/// <summary>
/// One line of a segment: its content's length and CRC-32C, each as eight hex digits and a space, then the content, then a newline. The
/// content, an encrypted record or JSON, has no newline of its own, so a reader that meets damage goes on at the next line.
/// </summary>
/// <param name="Bytes">All of it, with its newline.</param>
/// <param name="Content">What it holds; null when it is damaged.</param>
internal readonly record struct SpoolLine(ReadOnlyMemory<byte> Bytes, ReadOnlyMemory<byte>? Content)
{
    private const int HeaderLength = 18;

    /// <summary>Makes the line of a content.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> content)
    {
        byte[] line = new byte[HeaderLength + content.Length + 1];
        Encoding.ASCII.GetBytes($"{content.Length:x8} {Checksum(content):x8} ", line);
        content.CopyTo(line.AsSpan(HeaderLength));
        line[^1] = (byte)'\n';
        return line;
    }

    /// <summary>Reads the lines of a segment.</summary>
    /// <param name="content">The segment's bytes.</param>
    /// <returns>
    /// The lines, whole and damaged ones. A last one without its newline is not among them: the process died while it wrote it, before it
    /// acknowledged it.
    /// </returns>
    public static IEnumerable<SpoolLine> Decode(ReadOnlyMemory<byte> content)
    {
        while (!content.IsEmpty)
        {
            bool whole = TryRead(content, out ReadOnlyMemory<byte> record, out int length);
            if (!whole)
            {
                length = content.Span.IndexOf((byte)'\n') + 1;
                if (length == 0)
                {
                    yield break;
                }
            }

            yield return new SpoolLine(content[..length], whole ? record : default(ReadOnlyMemory<byte>?));
            content = content[length..];
        }
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
