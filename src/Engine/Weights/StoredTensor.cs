using TorchSharp;
using Unlearning.Engine.Weights.Formats;
using static TorchSharp.torch;

namespace Unlearning.Engine.Weights;

/// <summary>
/// A weight as its file holds it, mapped into memory and perhaps quantised: rows are widened when they are asked for, so that a model
/// larger than memory can be computed a layer at a time. Shapes and the order of rows are Hugging Face's. Valid until its checkpoint is
/// disposed; safe for concurrent reads.
/// </summary>
public sealed unsafe class StoredTensor
{
    private const long BytesPerTask = 1 << 16;
    private const int PieceLength = 1024; // of whole blocks in every format

    private readonly MappedFile _file;
    private readonly BlockFormat _format;
    private readonly long[] _shape;
    private readonly long _offset;
    private readonly int _interleavedHeads;

    /// <param name="file">Holds the bytes.</param>
    /// <param name="name">As the file has it, for messages.</param>
    /// <param name="type">A format that <see cref="BlockFormat"/> knows.</param>
    /// <param name="shape">Slowest dimension first; rows are whole blocks.</param>
    /// <param name="offset">Bytes from the start of the file; the whole tensor is inside.</param>
    /// <param name="interleavedHeads">Heads whose two halves lie interleaved, row by row, in the file; 0 where none do.</param>
    internal StoredTensor(MappedFile file, string name, GgmlType type, long[] shape, long offset, int interleavedHeads = 0)
    {
        _file = file;
        _format = BlockFormat.Of(type)!;
        _shape = shape;
        _offset = offset;
        _interleavedHeads = interleavedHeads;
        Name = name;
        Type = type;
        var isVector = shape.Length < 2;
        var elements = shape.Aggregate(1L, (product, size) => product * size);
        Rows = isVector && interleavedHeads == 0 ? 1 : shape[0];
        RowLength = Rows == 0 ? 0 : elements / Rows;
        RowBytes = RowLength / _format.Elements * _format.Bytes;
        if (RowLength % _format.Elements != 0)
            throw new CheckpointException(
                file.Path, $"rows of tensor '{name}' do not fill whole blocks", "It is damaged: copy or download it again.");
    }

    /// <summary>The tensor's name in its file.</summary>
    public string Name { get; }

    /// <summary>The number format.</summary>
    public GgmlType Type { get; }

    /// <summary>Sizes, slowest dimension first.</summary>
    public IReadOnlyList<long> Shape => _shape;

    /// <summary>Rows, the slowest dimension; a vector is one row.</summary>
    public long Rows { get; }

    /// <summary>Numbers in a row.</summary>
    public long RowLength { get; }

    /// <summary>Bytes of a row in the file.</summary>
    public long RowBytes { get; }

    /// <summary>Numbers in a block of the format, 1 for a plain one; rows are whole blocks.</summary>
    public int BlockElements => _format.Elements;

    /// <summary>Bytes of a block of the format.</summary>
    public int BlockBytes => _format.Bytes;

    /// <summary>The bytes of one row, block after block as ggml.h lays them out. They are not checked for NaN.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row, or it exceeds 2 GiB.</exception>
    public ReadOnlySpan<byte> Row(long row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(RowBytes, int.MaxValue);
        return _file.Span(_offset + (PlaceOf(row) * RowBytes), (int)RowBytes);
    }

    /// <summary>Reads the whole tensor to the CPU. The caller disposes it.</summary>
    /// <param name="type">Float32, Float64, Float16 or BFloat16.</param>
    /// <exception cref="CheckpointException">A number is a NaN or an infinity.</exception>
    public Tensor Read(ScalarType type)
    {
        var tensor = empty(_shape, type);
        try
        {
            Read(0, tensor);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <summary>Fills <paramref name="destination"/> with the rows from <paramref name="firstRow"/> on, using all cores.</summary>
    /// <param name="firstRow">Zero-based.</param>
    /// <param name="destination">
    /// Contiguous, on the CPU, Float32 (the fastest), Float64, Float16 or BFloat16, of a whole number of rows in any shape.
    /// </param>
    /// <exception cref="CheckpointException">A number is a NaN or an infinity.</exception>
    public void Read(long firstRow, Tensor destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (destination.device_type != DeviceType.CPU || !destination.is_contiguous())
            throw new ArgumentException("It must be contiguous and on the CPU.", nameof(destination));
        var count = destination.numel();
        if (count == 0)
            return;
        var rows = RowLength == 0 ? 0 : count / RowLength;
        ArgumentOutOfRangeException.ThrowIfNegative(firstRow);
        if (rows * RowLength != count || firstRow > Rows - rows)
            throw new ArgumentException($"Its {count} numbers are no rows of {RowLength} from row {firstRow} of {Rows} on.", nameof(destination));

        var type = destination.dtype;
        if (type is not (ScalarType.Float32 or ScalarType.Float64 or ScalarType.Float16 or ScalarType.BFloat16))
            throw new ArgumentException($"Weights are not read as {type}, but as Float32, Float64, Float16 or BFloat16.", nameof(destination));
        var source = _file.Pointer(_offset, Rows * RowBytes);
        var target = (byte*)TensorMemory.Data(destination);
        var elementBytes = (int)destination.element_size();
        var targetRowBytes = RowLength * elementBytes;
        var rowsPerTask = Math.Max(1, BytesPerTask / RowBytes);
        var tasks = (rows + rowsPerTask - 1) / rowsPerTask;
        var broken = false;
        if (tasks == 1)
            ReadTask(0);
        else
            Parallel.For(0, tasks, ReadTask);
        if (broken)
            throw TensorMemory.NotFinite(_file.Path, Name);

        void ReadTask(long task)
        {
            var end = Math.Min(rows, (task + 1) * rowsPerTask);
            var rowsAtOnce = _interleavedHeads == 0 ? end - (task * rowsPerTask) : 1;
            for (var row = task * rowsPerTask; row < end; row += rowsAtOnce)
            {
                var from = source + (PlaceOf(firstRow + row) * RowBytes);
                if (!ReadNumbers(from, target + (row * targetRowBytes), rowsAtOnce * RowLength, type, elementBytes))
                    Volatile.Write(ref broken, true);
            }
        }
    }

    /// <summary>
    /// Where a row lies in the file. GGUF turns neighbouring rows (2i, 2i + 1) of a head together where Hugging Face turns (i, i + d/2), so
    /// its converter interleaved each head's two halves.
    /// </summary>
    private long PlaceOf(long row)
    {
        if (_interleavedHeads == 0)
            return row;
        var headRows = Rows / _interleavedHeads;
        var (head, inHead) = Math.DivRem(row, headRows);
        var (half, i) = Math.DivRem(inHead, headRows / 2);
        return (head * headRows) + (2 * i) + half;
    }

    private bool ReadNumbers(byte* source, byte* target, long count, ScalarType type, int elementBytes)
    {
        if (type == ScalarType.Float32)
            return _format.Read(source, (float*)target, count);

        var finite = true;
        var piece = stackalloc float[PieceLength];
        for (var left = count; left > 0; left -= PieceLength)
        {
            var length = (int)Math.Min(left, PieceLength);
            var sourceBytes = length / _format.Elements * _format.Bytes;
            finite &= _format.Read(source, piece, length);
            if (type == _format.Plain)
                Buffer.MemoryCopy(source, target, sourceBytes, sourceBytes);
            else
                PlainNumbers.Write(piece, target, length, type);
            source += sourceBytes;
            target += length * elementBytes;
        }
        return finite;
    }
}
