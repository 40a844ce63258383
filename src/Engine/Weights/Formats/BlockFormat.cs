using static TorchSharp.torch;

namespace Unlearning.Engine.Weights.Formats;

/// <summary>A number format as the readers of files use it; a plain format's block is one number.</summary>
/// <param name="Elements">Numbers in a block.</param>
/// <param name="Bytes">Bytes of a block.</param>
/// <param name="Read">Blocks to float32.</param>
/// <param name="Plain">The torch type of the same layout; null for a quantised format.</param>
/// <param name="Write">Float32 to blocks; null where this engine does not quantise to the format.</param>
internal sealed record BlockFormat(int Elements, int Bytes, BlockReader Read, ScalarType? Plain = null, BlockWriter? Write = null)
{
    private static readonly Dictionary<GgmlType, BlockFormat> Known = Create();

    /// <summary>The format, or null where this engine does not read it.</summary>
    public static BlockFormat? Of(GgmlType type) => Known.GetValueOrDefault(type);

    private static unsafe Dictionary<GgmlType, BlockFormat> Create() => new()
    {
        [GgmlType.F64] = new(1, 8, PlainNumbers.ReadFloat64, ScalarType.Float64),
        [GgmlType.F32] = new(1, 4, PlainNumbers.ReadFloat32, ScalarType.Float32),
        [GgmlType.F16] = new(1, 2, PlainNumbers.ReadFloat16, ScalarType.Float16),
        [GgmlType.BF16] = new(1, 2, PlainNumbers.ReadBFloat16, ScalarType.BFloat16),
        [GgmlType.Q4_0] = Written<Q4_0>(),
        [GgmlType.Q4_1] = Written<Q4_1>(),
        [GgmlType.Q5_0] = Quantised<Q5_0>(),
        [GgmlType.Q5_1] = Quantised<Q5_1>(),
        [GgmlType.Q8_0] = Written<Q8_0>(),
        [GgmlType.Q2_K] = Quantised<Q2_K>(),
        [GgmlType.Q3_K] = Quantised<Q3_K>(),
        [GgmlType.Q4_K] = Quantised<Q4_K>(),
        [GgmlType.Q5_K] = Quantised<Q5_K>(),
        [GgmlType.Q6_K] = Quantised<Q6_K>(),
    };

    private static unsafe BlockFormat Quantised<T>()
        where T : struct, IBlockFormat => new(T.Elements, T.Bytes, ReadBlocks<T>);

    private static unsafe BlockFormat Written<T>()
        where T : struct, IBlockQuantiser => Quantised<T>() with { Write = WriteBlocks<T> };

    // A type parameter that is a struct makes this one loop for each format, with the block's code inside it.
    private static unsafe bool ReadBlocks<T>(byte* source, float* values, long count)
        where T : struct, IBlockFormat
    {
        var finite = true;
        for (var left = count / T.Elements; left > 0; left--, source += T.Bytes, values += T.Elements)
        {
            finite &= T.IsFinite(source);
            T.Read(source, values);
        }
        return finite;
    }

    private static unsafe bool WriteBlocks<T>(float* values, byte* target, long count)
        where T : struct, IBlockQuantiser
    {
        var finite = true;
        for (var left = count / T.Elements; left > 0; left--, target += T.Bytes, values += T.Elements)
        {
            T.Write(values, target);
            finite &= T.IsFinite(target);
        }
        return finite;
    }
}
