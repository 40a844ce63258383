using TorchSharp;
using static TorchSharp.torch;

namespace Unlearning.Engine.Inference;

/// <summary>Chooses each row's next token from its logits.</summary>
internal static class Sampler
{
    /// <param name="logits">[rows, vocabulary].</param>
    /// <param name="sequences">One for each row.</param>
    public static int[] Next(Tensor logits, IReadOnlyList<GenerationSequence> sequences)
    {
        using Tensor best = logits.argmax(-1);
        int[] next = [.. best.to(ScalarType.Int32).cpu().data<int>()];
        for (int row = 0; row < next.Length; row++)
        {
            if (sequences[row].Settings.Temperature > 0)
            {
                using Tensor own = logits[row];
                next[row] = Sample(own, sequences[row].Settings, sequences[row].Random);
            }
        }

        return next;
    }

    private static int Sample(Tensor logits, GenerationSettings settings, Random random)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor scaled = logits.to(ScalarType.Float64).div(settings.Temperature);
        long kept = settings.TopK > 0 ? Math.Min(settings.TopK, scaled.shape[0]) : scaled.shape[0];

        // A stable sort makes ties, and so the answer, repeatable.
        (Tensor sorted, Tensor order) = torch.sort(scaled, dim: -1, descending: true, stable: true);
        double[] probabilities = [.. sorted.narrow(0, 0, kept).softmax(-1).cpu().data<double>()];
        long[] ids = [.. order.narrow(0, 0, kept).cpu().data<long>()];

        int count = 0;
        double mass = 0;
        while (count < probabilities.Length && (count == 0 || mass < settings.TopP))
            mass += probabilities[count++];

        double point = random.NextDouble() * mass;
        for (int i = 0; i < count - 1; i++)
        {
            point -= probabilities[i];
            if (point < 0)
                return (int)ids[i];
        }

        return (int)ids[count - 1];
    }
}
