using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Unlearning.Engine.Weights;

/// <summary>
/// Moves plain numbers between a file's bytes and tensors. Little-endian, as the file formats and the supported machines are.
/// </summary>
internal static unsafe class TensorMemory
{
    /// <summary>A new contiguous CPU tensor with a copy of the bytes.</summary>
    public static Tensor Copy(MappedFile file, long offset, ReadOnlySpan<long> shape, ScalarType dtype)
    {
        var tensor = empty(shape, dtype);
        var bytes = tensor.numel() * tensor.element_size();
        if (bytes > 0)
            Buffer.MemoryCopy(file.Pointer(offset, bytes), Data(tensor), bytes, bytes);
        return tensor;
    }

    /// <summary>Writes a tensor's numbers, of any device, strided in any way, in its own type.</summary>
    public static void Write(Stream stream, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var plain = tensor.detach().cpu().contiguous();
        var left = plain.numel() * plain.element_size();
        if (left == 0)
            return;
        const int Piece = 1 << 24;
        for (var data = (byte*)Data(plain); left > 0; data += Piece, left -= Piece)
            stream.Write(new ReadOnlySpan<byte>(data, (int)Math.Min(Piece, left)));
    }

    /// <summary>Where a contiguous CPU tensor's numbers lie; valid while the tensor lives. It must not be empty.</summary>
    public static void* Data(Tensor tensor)
    {
        // Tensor.bytes is a span and so ends at 2 GiB, which the embedding of a large model exceeds: ask for the first element only.
        using var flat = tensor.view(-1);
        using var first = flat.narrow(0, 0, 1);
        return Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }

    /// <exception cref="CheckpointException">The tensor holds a NaN or an infinity.</exception>
    public static void RequireFinite(Tensor tensor, string file, string name)
    {
        if (tensor.numel() == 0)
            return;
        // One pass and no temporary: a NaN comes out as both extremes, an infinity as one of them.
        var (least, greatest) = tensor.aminmax(null, false);
        using (least)
        using (greatest)
        {
            if (!double.IsFinite(least.Number()) || !double.IsFinite(greatest.Number()))
                throw NotFinite(file, name);
        }
    }

    /// <summary>Names a tensor that no model can be computed with.</summary>
    public static CheckpointException NotFinite(string file, string name) =>
        new(
            file,
            $"tensor '{name}' holds a NaN or an infinity",
            "The file is damaged, or training diverged before it was saved: use an earlier one.");
}
