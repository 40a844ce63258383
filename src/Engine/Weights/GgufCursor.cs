using System.Buffers.Binary;
using System.Text;

namespace Unlearning.Engine.Weights;

/// <summary>
/// Reads a GGUF header front to back. Every length is checked against what is left of the file before anything is allocated.
/// </summary>
internal sealed class GgufCursor(MappedFile file, long position = 0)
{
    private const int LongestString = 16 << 20;
    private const int DeepestArray = 4;

    public long Position { get; private set; } = position;

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public string String()
    {
        var length = UInt64();
        if (length > LongestString)
            throw Broken($"a string of {length} bytes is longer than any header needs");
        return Encoding.UTF8.GetString(Take((int)length));
    }

    /// <summary>
    /// Reads a metadata value: an integer as long (or ulong beyond it), a real as double, a bool, a string. Arrays are passed over and
    /// give their place.
    /// </summary>
    public object Value() => Value(UInt32(), 0);

    /// <summary>As <see cref="Value()"/>, for a type that is known.</summary>
    public object Value(uint type, int depth)
    {
        switch (type)
        {
            case 0: return (long)Byte();
            case 1: return (long)(sbyte)Byte();
            case 2: return (long)UInt16();
            case 3: return (long)(short)UInt16();
            case 4: return (long)UInt32();
            case 5: return (long)(int)UInt32();
            case 6: return (double)BitConverter.UInt32BitsToSingle(UInt32());
            case 7: return Byte() != 0;
            case 8: return String();
            case 9: return SkipArray(depth);
            case 10: return UInt64() is var large && large <= long.MaxValue ? (long)large : large;
            case 11: return (long)UInt64();
            case 12: return BitConverter.UInt64BitsToDouble(UInt64());
            default: throw Broken($"metadata of the unknown type {type}");
        }
    }

    // An array of a model file is its vocabulary, which is not needed where a tokenizer.json is: it is read when asked for.
    private GgufArray SkipArray(int depth)
    {
        if (depth == DeepestArray)
            throw Broken("metadata arrays are nested too deeply");
        var array = new GgufArray(UInt32(), UInt64(), Position);
        var elementBytes = array.Type switch { 0 or 1 or 7 => 1UL, 2 or 3 => 2UL, 4 or 5 or 6 => 4UL, 10 or 11 or 12 => 8UL, _ => 0UL };
        if (elementBytes > 0)
        {
            if (array.Count > (ulong)file.Length / elementBytes)
                throw Ends();
            Skip(array.Count * elementBytes);
            return array;
        }
        for (var i = 0UL; i < array.Count; i++)
        {
            if (array.Type == 8)
                Skip(UInt64());
            else
                Value(array.Type, depth + 1);
        }
        return array;
    }

    private void Skip(ulong bytes)
    {
        if (bytes > (ulong)(file.Length - Position))
            throw Ends();
        Position += (long)bytes;
    }

    private ReadOnlySpan<byte> Take(int bytes)
    {
        if (bytes > file.Length - Position)
            throw Ends();
        var taken = file.Span(Position, bytes);
        Position += bytes;
        return taken;
    }

    private CheckpointException Ends() => Broken("the file ends inside its header");

    private CheckpointException Broken(string what) => new(file.Path, what, "It is truncated or damaged: copy or download it again.");
}
