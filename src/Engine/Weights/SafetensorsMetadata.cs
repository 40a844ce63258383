using System.Buffers.Binary;
using System.Text.Json;

namespace Unlearning.Engine.Weights;

/// <summary>The strings in the header of a safetensors file.</summary>
internal static class SafetensorsMetadata
{
    private const long LongestHeader = 100 << 20;

    public static Dictionary<string, string> Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        Span<byte> length = stackalloc byte[8];
        try
        {
            stream.ReadExactly(length);
            long size = BinaryPrimitives.ReadInt64LittleEndian(length);
            if (size < 2 || size > Math.Min(LongestHeader, stream.Length - 8))
                throw new CheckpointException(path, "its header's length is impossible", "Restore the file");
            byte[] header = new byte[size];
            stream.ReadExactly(header);
            using JsonDocument json = JsonDocument.Parse(header);
            return json.RootElement.TryGetProperty("__metadata__", out JsonElement metadata)
                ? metadata.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString() ?? "")
                : [];
        }
        catch (Exception failure) when (failure is JsonException or EndOfStreamException or InvalidOperationException)
        {
            throw new CheckpointException(path, "its header is damaged", "Restore the file", failure);
        }
    }
}
