using System.Buffers;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Inference;

/// <summary>Chooses each row's next token from its logits, by that row's settings and random numbers alone.</summary>
internal static class Sampler
{
    /// <param name="logits">[rows, vocabulary].</param>
    /// <param name="sequences">One for each row.</param>
    public static unsafe SampledToken[] Next(Tensor logits, IReadOnlyList<GenerationSequence> sequences)
    {
        using Tensor plain = logits.to(ScalarType.Float32).cpu().contiguous();
        return Next(new Span<float>(TensorMemory.Data(plain), checked((int)plain.numel())), sequences);
    }

    /// <param name="logits">[rows, vocabulary], one row after the other; penalties change them.</param>
    /// <param name="sequences">One for each row.</param>
    public static SampledToken[] Next(Span<float> logits, IReadOnlyList<GenerationSequence> sequences)
    {
        int vocabulary = logits.Length / sequences.Count;
        SampledToken[] next = new SampledToken[sequences.Count];
        for (int row = 0; row < next.Length; row++)
            next[row] = Next(logits.Slice(row * vocabulary, vocabulary), sequences[row]);
        return next;
    }

    /// <param name="logits">One row; penalties change it.</param>
    /// <param name="sequence">Its sequence.</param>
    public static SampledToken Next(Span<float> logits, GenerationSequence sequence)
    {
        GenerationSettings settings = sequence.Settings;
        if (settings.LogProbabilities is not int alternatives)
            return new SampledToken(Choose(logits, sequence));

        float[] raw = logits.ToArray();
        float[] scratch = new float[raw.Length];
        float greatest = Logits.Maximum(raw);
        double logSum = greatest + Math.Log(Logits.Exponentials(raw, greatest, 1, scratch));
        int id = Choose(logits, sequence);
        return new SampledToken(id, raw[id] - logSum, [.. Logits.Top(raw, alternatives).Select(other => (other, raw[other] - logSum))]);
    }

    private static int Choose(Span<float> logits, GenerationSequence sequence)
    {
        Penalise(logits, sequence);
        if (sequence.Settings.Temperature == 0)
            return Logits.Largest(logits);
        float[] weights = ArrayPool<float>.Shared.Rent(logits.Length);
        try
        {
            return Sample(logits, weights.AsSpan(0, logits.Length), sequence.Settings, sequence.Random);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(weights);
        }
    }

    private static void Penalise(Span<float> logits, GenerationSequence sequence)
    {
        GenerationSettings settings = sequence.Settings;
        if (settings.RepetitionPenalty != 1)
        {
            foreach (int id in sequence.Prompt.Concat(sequence.Output).Distinct())
                logits[id] = (float)(logits[id] > 0 ? logits[id] / settings.RepetitionPenalty : logits[id] * settings.RepetitionPenalty);
        }

        if (settings.FrequencyPenalty != 0 || settings.PresencePenalty != 0)
        {
            foreach (var (id, count) in sequence.Counts)
                logits[id] -= (float)(count * settings.FrequencyPenalty + settings.PresencePenalty);
        }
    }

    private static int Sample(ReadOnlySpan<float> logits, Span<float> weights, GenerationSettings settings, Random random)
    {
        double total = Logits.Exponentials(logits, Logits.Maximum(logits), (float)(1 / settings.Temperature), weights);
        if (!double.IsFinite(total))
            throw new NonFiniteLogitsException();
        double point = random.NextDouble();
        bool truncated = settings.TopK > 0 && settings.TopK < weights.Length;
        if (!truncated && settings.TopP == 1 && settings.MinP == 0)
            return Walk(weights, null, point * total);

        int[] ids = truncated ? Logits.Top(weights, settings.TopK) : Nucleus(weights, settings, total);
        double mass = 0;
        if (truncated)
        {
            total = 0;
            foreach (int id in ids)
                total += weights[id];
        }

        // Largest first: the greatest weight is 1, so min-p compares with the weights themselves.
        int count = 0;
        while (count < ids.Length && (count == 0 || (mass < settings.TopP * total && weights[ids[count]] >= settings.MinP)))
            mass += weights[ids[count++]];
        return Walk(weights, ids.AsSpan(0, count), point * mass);
    }

    /// <summary>
    /// Tokens that top-p and min-p can leave, most probable first. All tokens below (1 - p) / n hold less than 1 - p together, so none
    /// of them is in the nucleus, and few are left to sort.
    /// </summary>
    private static int[] Nucleus(ReadOnlySpan<float> weights, GenerationSettings settings, double total)
    {
        double least = Math.Max(settings.MinP, (1 - settings.TopP) * total / weights.Length);
        List<int> ids = [];
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] >= least)
                ids.Add(i);
        }

        float[] keys = new float[ids.Count];
        for (int i = 0; i < keys.Length; i++)
            keys[i] = weights[ids[i]];

        // A stable sort makes ties, and so the answer, repeatable.
        return [.. Enumerable.Range(0, keys.Length).OrderByDescending(i => keys[i]).Select(i => ids[i])];
    }

    /// <summary>The token at which the running sum passes <paramref name="point"/>.</summary>
    private static int Walk(ReadOnlySpan<float> weights, ReadOnlySpan<int> ids, double point)
    {
        int last = 0, count = ids.IsEmpty ? weights.Length : ids.Length;
        for (int i = 0; i < count; i++)
        {
            int id = ids.IsEmpty ? i : ids[i];
            point -= weights[id];
            if (weights[id] > 0)
                last = id;
            if (point < 0)
                return id;
        }

        return last;
    }
}
