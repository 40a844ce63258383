using System.Text;
using static TorchSharp.torch;

namespace Unlearning.Engine.Weights;

/// <summary>Writes GGUF files (version 3, little-endian). The same content gives the same bytes.</summary>
internal static class GgufWriter
{
    private const uint Magic = 0x46554747; // "GGUF"
    private const uint Version = 3;
    private const int Alignment = 32;

    /// <summary>Writes float32 tensors.</summary>
    /// <param name="stream">Receives the file.</param>
    /// <param name="metadata">A string, uint, float or <see cref="GgufValue"/> for each key.</param>
    /// <param name="tensors">In the order in which they shall lie in the file.</param>
    public static void Write(
        Stream stream, IReadOnlyList<(string Key, object Value)> metadata, IReadOnlyList<(string Name, Tensor Values)> tensors) =>
        Write(stream, metadata, [.. tensors.Select(tensor => new GgufContent(
            tensor.Name, GgmlType.F32, tensor.Values.shape, target => TensorMemory.Write(target, tensor.Values)))]);

    /// <summary>Writes tensors of any format, one after the other.</summary>
    /// <param name="stream">Receives the file.</param>
    /// <param name="metadata">A string, uint, float or <see cref="GgufValue"/> for each key.</param>
    /// <param name="tensors">In the order in which they shall lie in the file.</param>
    public static void Write(Stream stream, IReadOnlyList<(string Key, object Value)> metadata, IReadOnlyList<GgufContent> tensors)
    {
        using var header = new MemoryStream();
        using (var writer = new BinaryWriter(header, Encoding.UTF8, leaveOpen: true))
            WriteHeader(writer, metadata, tensors);
        stream.Write(header.GetBuffer(), 0, (int)header.Length);
        Pad(stream, header.Length);
        foreach (var tensor in tensors)
        {
            tensor.Write(stream);
            Pad(stream, tensor.ByteLength);
        }
    }

    private static void WriteHeader(
        BinaryWriter writer, IReadOnlyList<(string Key, object Value)> metadata, IReadOnlyList<GgufContent> tensors)
    {
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write((ulong)tensors.Count);
        writer.Write((ulong)metadata.Count);
        foreach (var (key, value) in metadata)
        {
            WriteText(writer, key);
            WriteValue(writer, value);
        }

        var offset = 0L;
        foreach (var tensor in tensors)
        {
            WriteText(writer, tensor.Name);
            writer.Write(tensor.Shape.Count);
            foreach (var size in tensor.Shape.Reverse())
                writer.Write(size);
            writer.Write((uint)tensor.Type);
            writer.Write(offset);
            offset += Aligned(tensor.ByteLength);
        }
    }

    private static void WriteValue(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case uint number:
                writer.Write(4);
                writer.Write(number);
                break;
            case float number:
                writer.Write(6);
                writer.Write(number);
                break;
            case string text:
                writer.Write(8);
                WriteText(writer, text);
                break;
            case GgufValue asItStood:
                writer.Write(asItStood.Bytes);
                break;
            default:
                throw new ArgumentException($"Metadata is written as string, uint or float, not as {value.GetType().Name}.", nameof(value));
        }
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private static long Aligned(long length) => (length + Alignment - 1) / Alignment * Alignment;

    private static void Pad(Stream stream, long length) => stream.Write(new byte[Aligned(length) - length]);
}
