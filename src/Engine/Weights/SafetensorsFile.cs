using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace Unlearning.Engine.Weights;

/// <summary>
/// A safetensors file, mapped into memory. Format: the README of huggingface/safetensors; its checks (no gaps, no overlaps, exact
/// sizes) are made here too.
/// </summary>
internal sealed class SafetensorsFile : IDisposable
{
    private const int PrefixBytes = 8;
    private const long LargestHeader = 100_000_000;
    private const long LargestSize = 1L << 48;

    private static readonly Dictionary<string, (ScalarType Type, int Bytes)> TypesByName = new()
    {
        ["F64"] = (ScalarType.Float64, 8),
        ["F32"] = (ScalarType.Float32, 4),
        ["F16"] = (ScalarType.Float16, 2),
        ["BF16"] = (ScalarType.BFloat16, 2),
        ["I64"] = (ScalarType.Int64, 8),
        ["I32"] = (ScalarType.Int32, 4),
        ["I16"] = (ScalarType.Int16, 2),
        ["I8"] = (ScalarType.Int8, 1),
        ["U8"] = (ScalarType.Byte, 1),
        ["BOOL"] = (ScalarType.Bool, 1),
    };

    private readonly MappedFile _file;

    /// <exception cref="CheckpointException">
    /// The file is no safetensors file, is damaged, or holds a type that is not supported.
    /// </exception>
    public SafetensorsFile(string path)
    {
        _file = new MappedFile(path);
        try
        {
            if (_file.Length < PrefixBytes)
                throw Broken("the file is too short to be a safetensors file");
            var headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(_file.Span(0, PrefixBytes));
            if (headerBytes > (ulong)Math.Min(LargestHeader, _file.Length - PrefixBytes))
                throw Broken($"a header of {headerBytes} bytes does not fit the file");
            var header = _file.Span(PrefixBytes, (int)headerBytes).ToArray();
            var dataStart = PrefixBytes + header.Length;
            (Entries, Metadata) = JsonFile.Parse(path, header, root => (ReadEntries(root, dataStart), ReadMetadata(root)));
            CheckCoverage(dataStart);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public string Path => _file.Path;

    /// <summary>The tensors, by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries { get; }

    /// <summary>The strings of the header's <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The format's name of a torch type, or null where it has none.</summary>
    public static string? TypeName(ScalarType type) => TypesByName.FirstOrDefault(pair => pair.Value.Type == type).Key;

    /// <summary>Reads a tensor in its own type. The caller disposes it.</summary>
    public Tensor Read(SafetensorsEntry entry) => TensorMemory.Copy(_file, entry.Offset, entry.Shape, entry.Type);

    /// <summary>A weight as the file holds it.</summary>
    /// <exception cref="CheckpointException">Its numbers are no reals.</exception>
    public StoredTensor Stored(string name)
    {
        var entry = Entries[name];
        GgmlType? type = entry.Type switch
        {
            ScalarType.Float64 => GgmlType.F64,
            ScalarType.Float32 => GgmlType.F32,
            ScalarType.Float16 => GgmlType.F16,
            ScalarType.BFloat16 => GgmlType.BF16,
            _ => null,
        };
        return new(
            _file,
            name,
            type ?? throw new CheckpointException(Path, $"tensor '{name}' is of type {entry.Type}", "Use weights in F32, F16 or BF16."),
            entry.Shape,
            entry.Offset);
    }

    public void Dispose() => _file.Dispose();

    private static Dictionary<string, SafetensorsEntry> ReadEntries(JsonElement root, long dataStart)
    {
        var entries = new Dictionary<string, SafetensorsEntry>();
        foreach (var property in root.EnumerateObject())
        {
            if (property.Name != "__metadata__" && !entries.TryAdd(property.Name, ReadEntry(property.Name, property.Value, dataStart)))
                throw new FormatException($"tensor '{property.Name}' appears twice");
        }
        return entries;
    }

    private static SafetensorsEntry ReadEntry(string name, JsonElement json, long dataStart)
    {
        var typeName = json.Text("dtype") ?? throw new FormatException($"tensor '{name}' has no dtype");
        if (!TypesByName.TryGetValue(typeName, out var type))
            throw new FormatException($"tensor '{name}' has the type {typeName}, which is not supported");
        var shape = Integers(json.RequiredMember("shape"));
        if (Integers(json.RequiredMember("data_offsets")) is not [var begin, var end])
            throw new FormatException($"tensor '{name}' does not have two data offsets");
        var bytes = shape.Aggregate((long)type.Bytes, (product, size) => checked(product * size));
        if (begin > end || end - begin != bytes)
            throw new FormatException($"tensor '{name}' has {bytes} bytes by its shape but {end - begin} by its offsets");
        return new(type.Type, shape, checked(dataStart + begin), bytes);

        long[] Integers(JsonElement array) => [.. array.EnumerateArray().Select(Integer)];

        long Integer(JsonElement item) =>
            item.TryGetInt64(out var value) && value is >= 0 and < LargestSize
                ? value
                : throw new FormatException($"tensor '{name}' has a broken size");
    }

    private static Dictionary<string, string> ReadMetadata(JsonElement root) =>
        root.Member("__metadata__") is { } metadata
            ? metadata.EnumerateObject()
                .DistinctBy(property => property.Name)
                .ToDictionary(property => property.Name, property => property.Value.GetString() ?? "")
            : [];

    private void CheckCoverage(long dataStart)
    {
        var end = dataStart;
        foreach (var (name, entry) in Entries.OrderBy(pair => pair.Value.Offset).ThenBy(pair => pair.Value.ByteLength))
        {
            if (entry.Offset != end)
                throw Broken($"tensor '{name}' does not begin where the one before it ends");
            end += entry.ByteLength;
        }
        if (end != _file.Length)
            throw Broken($"the tensors end at byte {end} and the file at {_file.Length}");
    }

    private CheckpointException Broken(string what) => new(_file.Path, what, "It is truncated or damaged: copy or download it again.");
}
