using System.Runtime.Intrinsics;

namespace Unlearning.Engine.Inference;

/// <summary>Passes over one row of logits, a vector at a time; the order of every sum is fixed.</summary>
internal static class Logits
{
    /// <summary>Index of the largest value, the first of equals.</summary>
    public static int Largest(ReadOnlySpan<float> values)
    {
        float greatest = Maximum(values);
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] == greatest)
                return i;
        }

        throw new NonFiniteLogitsException();
    }

    public static float Maximum(ReadOnlySpan<float> values)
    {
        Vector256<float> greatest = Vector256.Create(float.NegativeInfinity);
        int i = 0;
        for (; i <= values.Length - Vector256<float>.Count; i += Vector256<float>.Count)
            greatest = Vector256.Max(greatest, Vector256.Create(values[i..]));
        float result = float.NegativeInfinity;
        for (int lane = 0; lane < Vector256<float>.Count; lane++)
            result = MathF.Max(result, greatest[lane]);
        for (; i < values.Length; i++)
            result = MathF.Max(result, values[i]);
        return result;
    }

    /// <summary>Writes exp(scale * (value - shift)), at most 1 where shift is the maximum and scale is positive, and returns the sum.</summary>
    public static double Exponentials(ReadOnlySpan<float> values, float shift, float scale, Span<float> result)
    {
        Vector256<double> low = default, high = default;
        int i = 0;
        for (; i <= values.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Vector256<float> exponential = Vector256.Exp((Vector256.Create(values[i..]) - Vector256.Create(shift)) * scale);
            exponential.CopyTo(result[i..]);
            (Vector256<double> first, Vector256<double> second) = Vector256.Widen(exponential);
            low += first;
            high += second;
        }

        double sum = Vector256.Sum(low + high);
        for (; i < values.Length; i++)
        {
            result[i] = MathF.Exp((values[i] - shift) * scale);
            sum += result[i];
        }

        return sum;
    }

    /// <summary>The ids of the <paramref name="count"/> largest values, largest first, lower ids first among equals.</summary>
    public static int[] Top(ReadOnlySpan<float> values, int count)
    {
        // The heap's least element is the first to go: the smallest value, and among equals the highest id.
        PriorityQueue<int, (float Value, int Order)> kept = new(count);
        for (int i = 0; i < values.Length; i++)
        {
            if (kept.Count < count)
                kept.Enqueue(i, (values[i], -i));
            else if (count > 0 && kept.TryPeek(out _, out (float Value, int Order) least) && values[i] > least.Value)
                kept.EnqueueDequeue(i, (values[i], -i));
        }

        int[] ids = new int[kept.Count];
        for (int i = ids.Length - 1; i >= 0; i--)
            ids[i] = kept.Dequeue();
        return ids;
    }
}
