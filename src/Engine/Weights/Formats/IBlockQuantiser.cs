namespace Unlearning.Engine.Weights.Formats;

/// <summary>
/// A format that this engine also writes: without weights of importance and in the order of ggml's own code, so that blocks are equal to the
/// byte (ggml-quants.c, quantize_row_*_ref). A C compiler that fuses a product with a sum may differ in the last bit of a tie.
/// </summary>
internal unsafe interface IBlockQuantiser : IBlockFormat
{
    /// <summary>Rounds the numbers of one block.</summary>
    static abstract void Write(float* values, byte* block);
}
