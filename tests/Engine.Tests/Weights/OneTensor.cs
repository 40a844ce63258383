using Unlearning.Engine.Weights;
using Unlearning.Engine.Weights.Formats;

namespace Unlearning.Engine.Tests.Weights;

/// <summary>A file that holds one tensor's bytes, behind a few others, and nothing else.</summary>
internal sealed class OneTensor : IDisposable
{
    private const int Offset = 6; // data of real files need not be aligned

    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _bytes;
    private readonly long[] _shape;
    private MappedFile _file;

    public OneTensor(GgmlType type, long[] shape, ReadOnlySpan<byte> bytes, int interleavedHeads = 0)
    {
        _shape = shape;
        _bytes = [.. new byte[Offset], .. bytes];
        File.WriteAllBytes(_folder.File("t"), _bytes);
        _file = new(_folder.File("t"));
        Tensor = new(_file, "w", type, shape, Offset, interleavedHeads);
    }

    public StoredTensor Tensor { get; private set; }

    /// <summary>Puts an infinity into the last block.</summary>
    public void Break()
    {
        var format = BlockFormat.Of(Tensor.Type)!;
        RandomBlocks.WriteScale(
            Tensor.Type, _bytes.AsSpan(_bytes.Length - format.Bytes + RandomBlocks.Scales(Tensor.Type)[^1]), float.NegativeInfinity);
        _file.Dispose();
        File.WriteAllBytes(_folder.File("t"), _bytes);
        _file = new(_folder.File("t"));
        Tensor = new(_file, "w", Tensor.Type, _shape, Offset);
    }

    public void Dispose()
    {
        _file.Dispose();
        _folder.Dispose();
    }
}
