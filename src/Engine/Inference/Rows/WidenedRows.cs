namespace Unlearning.Engine.Inference.Rows;

/// <summary>A matrix of which four rows are widened at a time, into the processor's first cache, and multiply all vectors from there.</summary>
internal abstract unsafe class WidenedRows(int columns) : WeightRows
{
    /// <summary>Numbers in a row.</summary>
    protected int Columns => columns;

    /// <summary>Numbers between two widened rows.</summary>
    protected int Stride { get; } = Activations.StrideOf(columns);

    public override void Multiply(Activations x, float* y, int stride, int from, int to)
    {
        for (int row = from; row < to; row += RowProducts.Rows)
        {
            int count = Math.Min(RowProducts.Rows, to - row);
            RowProducts.Multiply(Widen(row, count, x.Panel), count, Stride, x, y + row, stride);
        }
    }

    /// <summary>Gives a few neighbouring rows in float32, <see cref="Stride"/> apart, zeros behind the last column.</summary>
    /// <param name="row">The first.</param>
    /// <param name="count">How many.</param>
    /// <param name="panel">Room for them, which need not be used.</param>
    protected abstract float* Widen(int row, int count, float* panel);
}
