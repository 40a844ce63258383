namespace Unlearning.Engine.Weights.Formats;

/// <summary>
/// A quantised GGML format. Products and sums are in the order of ggml's own code, so that results are equal to the bit
/// (ggml-quants.c, dequantize_row_*).
/// </summary>
internal unsafe interface IBlockFormat
{
    /// <summary>Numbers in a block.</summary>
    static abstract int Elements { get; }

    /// <summary>Bytes of a block.</summary>
    static abstract int Bytes { get; }

    /// <summary>Whether the scales are finite, and so every number of the block.</summary>
    static abstract bool IsFinite(byte* block);

    /// <summary>Writes the numbers of one block.</summary>
    static abstract void Read(byte* block, float* values);
}
