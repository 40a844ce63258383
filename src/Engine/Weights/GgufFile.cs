using System.Globalization;
using Unlearning.Engine.Weights.Formats;

namespace Unlearning.Engine.Weights;

/// <summary>
/// A GGUF file (version 2 or 3), mapped into memory: its scalar metadata and its tensors, in the file's own names and layout.
/// Format: docs/gguf.md of ggml.
/// </summary>
internal sealed class GgufFile : IDisposable
{
    private const uint Magic = 0x46554747; // "GGUF"
    private const int MostDimensions = 4;
    private const ulong LongestArray = 1 << 22;

    private readonly MappedFile _file;
    private readonly Dictionary<string, object> _metadata = [];
    private readonly List<(string Key, long Position, long End)> _places = [];
    private readonly Dictionary<string, GgufTensor> _tensors = [];

    /// <exception cref="CheckpointException">
    /// The file is no GGUF file, is damaged, or holds a number format that is not supported.
    /// </exception>
    public GgufFile(string path)
    {
        _file = new MappedFile(path);
        try
        {
            ReadHeader();
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public string Path => _file.Path;

    public IReadOnlyDictionary<string, GgufTensor> Tensors => _tensors;

    /// <summary>The metadata in its order, each value as its type and bytes stand in the file.</summary>
    public IEnumerable<(string Key, GgufValue Value)> Metadata => _places.Select(place =>
        (place.Key, new GgufValue(_file.Span(place.Position, checked((int)(place.End - place.Position))).ToArray())));

    /// <summary>A metadata string, or null.</summary>
    public string? Text(string key) => _metadata.GetValueOrDefault(key) as string;

    /// <summary>A metadata integer that fits an int, or null where the key is absent.</summary>
    public int? Integer(string key) => _metadata.GetValueOrDefault(key) switch
    {
        null => null,
        long value and >= int.MinValue and <= int.MaxValue => (int)value,
        var other => throw Broken($"metadata '{key}' is {Shown(other)}, not a whole number of ordinary size"),
    };

    /// <summary>A metadata real, or null where the key is absent.</summary>
    public double? Number(string key) => _metadata.GetValueOrDefault(key) switch
    {
        null => null,
        double value => value,
        long value => value,
        var other => throw Broken($"metadata '{key}' is {Shown(other)}, not a number"),
    };

    /// <summary>A metadata truth value, or null where the key is absent.</summary>
    public bool? Boolean(string key) => _metadata.GetValueOrDefault(key) switch
    {
        null => null,
        bool value => value,
        var other => throw Broken($"metadata '{key}' is {Shown(other)}, not true or false"),
    };

    /// <summary>The elements of a metadata array, or null where the key is absent.</summary>
    /// <typeparam name="T">long, double or string, of which GGUF has several sizes.</typeparam>
    public T[]? Array<T>(string key)
    {
        if (!_metadata.TryGetValue(key, out var value))
            return null;
        if (value is not GgufArray array || array.Count > LongestArray)
            throw Broken($"metadata '{key}' is no list of ordinary length");
        var cursor = new GgufCursor(_file, array.Position);
        var elements = new T[array.Count];
        for (var i = 0; i < elements.Length; i++)
            elements[i] = cursor.Value(array.Type, 0) is T element ? element : throw Broken($"metadata '{key}' lists other things");
        return elements;
    }

    /// <summary>A tensor as the file holds it, named as the file has it.</summary>
    /// <param name="tensor">One of this file's.</param>
    /// <param name="interleavedHeads">Heads whose halves the file interleaves; 0 for none.</param>
    public StoredTensor Stored(GgufTensor tensor, int interleavedHeads = 0) =>
        new(_file, tensor.Name, tensor.Type, tensor.Shape, tensor.Offset, interleavedHeads);

    public void Dispose() => _file.Dispose();

    private static string Shown(object value) => value is GgufArray ? "an array" : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private void ReadHeader()
    {
        var cursor = new GgufCursor(_file);
        if (_file.Length < 4 || cursor.UInt32() != Magic)
            throw new CheckpointException(
                Path, "this is not a GGUF file", "Point Engine:Model at a .gguf file or a Hugging Face model folder.");
        var version = cursor.UInt32();
        if (version is not (2 or 3))
            throw new CheckpointException(
                Path, $"GGUF version {version} is not supported", "Convert the model again with a current llama.cpp, little-endian.");

        var tensorCount = cursor.UInt64();
        var metadataCount = cursor.UInt64();
        for (var i = 0UL; i < metadataCount; i++)
        {
            var key = cursor.String();
            var position = cursor.Position;
            if (!_metadata.TryAdd(key, cursor.Value()))
                throw Broken($"metadata '{key}' appears twice");
            _places.Add((key, position, cursor.Position));
        }

        var described = new List<(string Name, long[] Shape, GgmlType Type, ulong Offset)>();
        for (var i = 0UL; i < tensorCount; i++)
            described.Add((cursor.String(), ReadShape(cursor), (GgmlType)cursor.UInt32(), cursor.UInt64()));

        var alignment = Integer("general.alignment") ?? 32;
        if (alignment <= 0 || alignment % 8 != 0)
            throw Broken($"an alignment of {alignment} is impossible");
        var dataStart = (cursor.Position + alignment - 1) / alignment * alignment;
        foreach (var (name, shape, type, offset) in described)
        {
            if (offset % (ulong)alignment != 0)
                throw Broken($"tensor '{name}' is not aligned to {alignment} bytes");
            if (!_tensors.TryAdd(name, Place(name, shape, type, offset, dataStart)))
                throw Broken($"tensor '{name}' appears twice");
        }
        var inOrder = _tensors.Values.OrderBy(tensor => tensor.Offset).ToList();
        foreach (var (tensor, next) in inOrder.Zip(inOrder.Skip(1)))
        {
            if (next.Offset < tensor.Offset + tensor.ByteLength)
                throw Broken($"tensor '{next.Name}' begins inside tensor '{tensor.Name}'");
        }
    }

    private long[] ReadShape(GgufCursor cursor)
    {
        var dimensions = cursor.UInt32();
        if (dimensions is 0 or > MostDimensions)
            throw Broken($"a tensor has {dimensions} dimensions");
        var shape = new long[dimensions];
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            var size = cursor.UInt64();
            shape[i] = size is > 0 and < long.MaxValue ? (long)size : throw Broken($"a tensor has a dimension of {size}");
        }
        return shape;
    }

    private GgufTensor Place(string name, long[] shape, GgmlType type, ulong offset, long dataStart)
    {
        var format = BlockFormat.Of(type) ?? throw new CheckpointException(
            Path,
            $"tensor '{name}' has the GGML type {(int)type}, which is not supported",
            "Use a file of F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1 or Q2_K to Q6_K weights.");
        if (shape[^1] % format.Elements != 0)
            throw Broken($"rows of tensor '{name}' do not fill whole blocks");

        var available = _file.Length - dataStart;
        var elements = 1L;
        foreach (var size in shape)
            elements = size <= long.MaxValue / 8 / elements ? elements * size : throw Ends(name);
        var bytes = elements / format.Elements * format.Bytes;
        if (bytes > available || offset > (ulong)(available - bytes))
            throw Ends(name);
        return new(name, shape, type, dataStart + (long)offset, bytes);
    }

    private CheckpointException Ends(string tensor) => Broken($"the file ends before tensor '{tensor}' does");

    private CheckpointException Broken(string what) => new(Path, what, "It is truncated or damaged: copy or download it again.");
}
