namespace Unlearning.Engine.Weights;

/// <summary>
/// A quantised matrix as its GGUF file stores it, row by row in Hugging Face's order. Valid while the checkpoint is open.
/// </summary>
/// <param name="type">A block format of 32 numbers.</param>
/// <param name="blocks">The first stored row.</param>
/// <param name="rowBytes">Bytes of one row.</param>
/// <param name="headRows">Rows of one head where the file interleaves each head's halves; 0 elsewhere.</param>
internal sealed unsafe class QuantizedRows(GgmlType type, byte* blocks, long rowBytes, int headRows)
{
    public GgmlType Type => type;

    /// <summary>The blocks of a row.</summary>
    public byte* Row(int row)
    {
        if (headRows == 0)
            return blocks + row * rowBytes;
        int head = row / headRows, within = row % headRows, half = headRows / 2;
        return blocks + (head * headRows + 2 * (within % half) + within / half) * rowBytes;
    }
}
