using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using static TorchSharp.torch;

namespace Unlearning.Engine.Weights;

/// <summary>Reads and writes whole safetensors files.</summary>
public static class Safetensors
{
    private const int Alignment = 8;

    /// <summary>Reads every tensor to the CPU in the type it was saved in. The caller disposes them.</summary>
    /// <exception cref="CheckpointException">The file is damaged or holds a type that is not supported.</exception>
    public static Dictionary<string, Tensor> Read(string path)
    {
        using var file = new SafetensorsFile(path);
        return file.Entries.ToDictionary(pair => pair.Key, pair => file.Read(pair.Value));
    }

    /// <summary>Reads the strings that the file's writer put into its header; empty where there are none.</summary>
    /// <exception cref="CheckpointException">The file is damaged or holds a type that is not supported.</exception>
    public static IReadOnlyDictionary<string, string> ReadMetadata(string path)
    {
        using var file = new SafetensorsFile(path);
        return file.Metadata;
    }

    /// <summary>
    /// Writes the tensors so that the path holds the old file or the whole new one. The same tensors and metadata give the same
    /// bytes: wider types come first (which keeps every tensor aligned), then names in ordinal order, as the reference writer has it.
    /// </summary>
    /// <param name="path">The file to replace; its folder exists.</param>
    /// <param name="tensors">Of any device, strided in any way.</param>
    /// <param name="metadata">Strings for the header, or null.</param>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var shapes = tensors.Select(pair => new SafetensorsShape(pair.Key, pair.Value.dtype, pair.Value.shape)).ToList();
        Write(path, shapes, metadata, (shape, stream) => TensorMemory.Write(stream, tensors[shape.Name]));
    }

    /// <summary>As the other overload, for tensors that are made one at a time, when their turn comes.</summary>
    /// <param name="path">The file to replace; its folder exists.</param>
    /// <param name="tensors">What is to be written.</param>
    /// <param name="metadata">Strings for the header, or null.</param>
    /// <param name="write">Writes one tensor's numbers: exactly its <see cref="SafetensorsShape.ByteLength"/>.</param>
    internal static void Write(
        string path, IReadOnlyList<SafetensorsShape> tensors, IReadOnlyDictionary<string, string>? metadata, Action<SafetensorsShape, Stream> write)
    {
        var ordered = tensors
            .OrderByDescending(tensor => tensor.ElementSize)
            .ThenBy(tensor => tensor.Name, StringComparer.Ordinal)
            .ToList();
        var header = Header(ordered, metadata);
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var tensor in ordered)
                write(tensor, stream);
        });
    }

    private static byte[] Header(List<SafetensorsShape> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                    json.WriteString(key, value);
                json.WriteEndObject();
            }
            var offset = 0L;
            foreach (var tensor in tensors)
            {
                var end = offset + tensor.ByteLength;
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", SafetensorsFile.TypeName(tensor.Type)
                    ?? throw new ArgumentException($"{tensor.Name}: the format has no type for {tensor.Type}.", nameof(tensors)));
                WriteIntegers(json, "shape", tensor.Shape);
                WriteIntegers(json, "data_offsets", offset, end);
                json.WriteEndObject();
                offset = end;
            }
            json.WriteEndObject();
        }
        while (buffer.Length % Alignment != 0)
            buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    private static void WriteIntegers(Utf8JsonWriter json, string name, params ReadOnlySpan<long> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteNumberValue(value);
        json.WriteEndArray();
    }
}
