using Unlearning.Engine.Models;
using Unlearning.Engine.Weights.Formats;
using static TorchSharp.torch;

namespace Unlearning.Engine.Weights;

/// <summary>
/// A base and an adapter made into one GGUF file with the linear modules quantised: W + scale B A, rounded as llama.cpp's quantiser rounds
/// it (without an importance matrix). Embeddings and head stay in the base's format, norms and biases are float32, as is a matrix whose rows
/// do not fill whole blocks. What the adapter leaves alone and the base holds in the same format keeps its bits. Weights pass through memory
/// a few rows at a time.
/// </summary>
public sealed class MergedGguf
{
    private readonly ICheckpoint _checkpoint;
    private readonly LoraAdapter? _adapter;
    private readonly GgmlType _type;

    /// <param name="checkpoint">The base.</param>
    /// <param name="adapter">What changes it; null rounds the base alone.</param>
    /// <param name="type">One of <see cref="Types"/>.</param>
    /// <exception cref="ArgumentException">It is another type.</exception>
    /// <exception cref="CheckpointException">The adapter does not fit the base.</exception>
    public MergedGguf(ICheckpoint checkpoint, LoraAdapter? adapter, GgmlType type)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        if (!Types.Values.Contains(type))
            throw new ArgumentException($"Weights are quantised to {string.Join(", ", Types.Keys)}, not to {type}.", nameof(type));
        try
        {
            adapter?.RequireFits(checkpoint.Config);
        }
        catch (ArgumentException e)
        {
            throw new CheckpointException(checkpoint.Path, e.Message.TrimEnd('.'), "Use an adapter of this base.", e);
        }
        (_checkpoint, _adapter, _type) = (checkpoint, adapter, type);
        ByteLength = LlamaTensors.Expected(checkpoint.Config).Sum(tensor => Content(tensor.Name, tensor.Shape, static _ => { }).ByteLength);
    }

    /// <summary>The formats, by the names that commands and settings use.</summary>
    public static IReadOnlyDictionary<string, GgmlType> Types { get; } = new Dictionary<string, GgmlType>
    {
        ["q8_0"] = GgmlType.Q8_0,
        ["q4_1"] = GgmlType.Q4_1,
        ["q4_0"] = GgmlType.Q4_0,
    };

    /// <summary>Bytes of the tensors; the file is larger by its header, a few MB at most.</summary>
    public long ByteLength { get; }

    /// <summary>
    /// Writes the file: whole, under its name, or not at all. Tokenizer and chat template come along from a GGUF base; of a Hugging Face
    /// folder the chat template and the ids that end an answer do, and its tokenizer.json must lie beside the file.
    /// </summary>
    /// <param name="path">The file to make or replace; its folder exists.</param>
    /// <param name="progress">Told how many bytes of weights of how many are written.</param>
    /// <param name="cancellationToken">Ends the writing and removes what was written.</param>
    /// <exception cref="CheckpointException">A merged number is beyond the range of the format.</exception>
    /// <exception cref="IOException">The disk is full or fails.</exception>
    public void Write(string path, Action<long, long>? progress = null, CancellationToken cancellationToken = default)
    {
        var written = 0L;
        List<GgufContent> contents = [];
        foreach (var (name, shape) in LlamaTensors.Expected(_checkpoint.Config))
            contents.Add(Content(name, shape, stream => WriteTensor(stream, name, shape)));
        if (GgufMetadata.RopeDivisors(_checkpoint.Config) is { } divisors)
            contents.Add(new(GgufNames.RopeDivisors, GgmlType.F32, [divisors.Length], stream => WriteNumbers(stream, divisors)));
        AtomicFile.Write(path, stream =>
        {
            GgufWriter.Write(stream, GgufMetadata.Of(_checkpoint, _type), contents);
            cancellationToken.ThrowIfCancellationRequested();
        });

        void WriteTensor(Stream stream, string name, long[] shape)
        {
            var (stored, heads) = (_checkpoint.Stored(name), GgufMetadata.InterleavedHeads(_checkpoint.Config, name));
            var pair = Pair(name);
            var type = TypeOf(name, shape);
            if (shape.Length == 1)
                WriteVector(stream, stored, heads);
            else if (pair is null && stored.Type == type)
                WriteAsItIs(stream, stored, heads, Advance);
            else
                WriteMatrix(stream, stored, pair, type, heads, Advance);
            if (shape.Length == 1)
                Advance(shape[0] * sizeof(float));
        }

        void Advance(long bytes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            written += bytes;
            progress?.Invoke(written, ByteLength);
        }
    }

    private GgufContent Content(string name, long[] shape, Action<Stream> write) =>
        new(GgufNames.FromHuggingFace(name), TypeOf(name, shape), shape, write);

    private LoraPair? Pair(string name) =>
        name.EndsWith(".weight", StringComparison.Ordinal) ? _adapter?.Modules.GetValueOrDefault(name[..^".weight".Length]) : null;

    private GgmlType TypeOf(string name, long[] shape)
    {
        if (shape.Length == 1)
            return GgmlType.F32;
        if (ModuleNames.TryParseLinear(name[..^".weight".Length], out _, out _))
            return shape[1] % BlockFormat.Of(_type)!.Elements == 0 ? _type : GgmlType.F32;
        return _checkpoint.Stored(name).Type is var own and not GgmlType.F64 ? own : GgmlType.F32;
    }

    private static void WriteVector(Stream stream, StoredTensor stored, int heads)
    {
        using var scope = NewDisposeScope();
        TensorMemory.Write(stream, GgufAdapter.Interleave(stored.Read(ScalarType.Float32).reshape(-1, 1), heads));
    }

    private static void WriteAsItIs(Stream stream, StoredTensor stored, int heads, Action<long> advance)
    {
        for (var place = 0L; place < stored.Rows; place++)
        {
            stream.Write(stored.Row(heads == 0 ? place : RowAt(place, stored.Rows / heads)));
            advance(stored.RowBytes);
        }
    }

    private void WriteMatrix(Stream stream, StoredTensor stored, LoraPair? pair, GgmlType type, int heads, Action<long> advance)
    {
        // The rows of a head change places among themselves, so heads are not cut.
        var headRows = heads == 0 ? 1 : stored.Rows / heads;
        var rowsAtOnce = Math.Max(1, MergedRows.ElementsAtOnce / stored.RowLength / headRows) * headRows;
        for (var first = 0L; first < stored.Rows; first += rowsAtOnce)
        {
            using var scope = NewDisposeScope();
            var rows = Math.Min(rowsAtOnce, stored.Rows - first);
            var values = MergedRows.Read(stored, pair, first, rows, ScalarType.Float32, _checkpoint.Path);
            var inOrder = GgufAdapter.Interleave(values, heads == 0 ? 0 : (int)(rows / headRows)).contiguous();
            advance(type == GgmlType.F32 ? WriteFloats(stream, inOrder) : WriteBlocks(stream, inOrder, type, stored.Name));
        }
    }

    private static long WriteFloats(Stream stream, Tensor values)
    {
        TensorMemory.Write(stream, values);
        return values.numel() * sizeof(float);
    }

    private unsafe long WriteBlocks(Stream stream, Tensor values, GgmlType type, string name)
    {
        var format = BlockFormat.Of(type)!;
        var bytes = new byte[values.numel() / format.Elements * format.Bytes];
        fixed (byte* target = bytes)
        {
            if (!format.Write!((float*)TensorMemory.Data(values), target, values.numel()))
                throw MergedRows.TooLarge(_checkpoint.Path, name, type.ToString());
        }
        stream.Write(bytes);
        return bytes.Length;
    }

    private static void WriteNumbers(Stream stream, double[] numbers)
    {
        using var values = tensor(numbers, ScalarType.Float32);
        TensorMemory.Write(stream, values);
    }

    /// <summary>The row, in Hugging Face's order, that a GGUF file has at a place: the two halves of a head take turns.</summary>
    private static long RowAt(long place, long headRows)
    {
        var (head, inHead) = Math.DivRem(place, headRows);
        return (head * headRows) + (inHead % 2 * (headRows / 2)) + (inHead / 2);
    }
}
