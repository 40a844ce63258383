namespace Unlearning.Plugin.Classifiers;

/// <summary>A vector with few entries that are not zero.</summary>
/// <param name="Indices">Ascending.</param>
/// <param name="Values">One value an index.</param>
public sealed record SparseVector(int[] Indices, float[] Values)
{
    /// <summary>The inner product with a dense vector.</summary>
    public double Dot(ReadOnlySpan<float> dense)
    {
        double sum = 0.0;
        for (int i = 0; i < Indices.Length; i++)
        {
            sum += (double)Values[i] * dense[Indices[i]];
        }

        return sum;
    }
}
