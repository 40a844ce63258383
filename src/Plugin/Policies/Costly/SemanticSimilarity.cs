using System.Collections.Concurrent;
using System.Numerics.Tensors;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Plugin.Policies.Detectors;

namespace Unlearning.Plugin.Policies.Costly;

/// <summary>Compares a text's embedding with those of examples of harm, and of incidents known to be harmful.</summary>
internal sealed class SemanticSimilarity(IServiceProvider services, TimeProvider time) : ICostlyDetector
{
    // Incidents come in all the time; a text is compared with those that were known a little while ago.
    private static readonly TimeSpan _fresh = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, ReadOnlyMemory<float>> _embeddings = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (DateTimeOffset Until, IReadOnlyList<string> Prompts)> _known = new(StringComparer.Ordinal);

    public string Kind => "similar_to";

    public async Task<bool> AskAsync(CostlyQuestion question, JudgedText text, CancellationToken cancellationToken)
    {
        SimilarityQuestion similar = (SimilarityQuestion)question;
        IEmbeddingGenerator<string, Embedding<float>> generator = services.GetService<IEmbeddingGenerator<string, Embedding<float>>>()
            ?? throw new InvalidOperationException(
                "A policy compares texts in meaning, but no IEmbeddingGenerator<string, Embedding<float>> is registered.");
        List<string> examples = [.. similar.Examples.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        if (similar.KnownHazard is { } hazard)
        {
            examples.AddRange(await KnownAsync(hazard, cancellationToken).ConfigureAwait(false));
        }

        string[] missing = [.. examples.Where(example => !_embeddings.ContainsKey(example)).Distinct()];
        GeneratedEmbeddings<Embedding<float>> made =
            await generator.GenerateAsync([text.Normalized, .. missing], cancellationToken: cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < missing.Length; i++)
        {
            _embeddings[missing[i]] = made[i + 1].Vector;
        }

        ReadOnlyMemory<float> asked = made[0].Vector;
        return examples.Exists(
            example => TensorPrimitives.CosineSimilarity(asked.Span, _embeddings[example].Span) >= similar.Threshold);
    }

    private async Task<IReadOnlyList<string>> KnownAsync(string hazard, CancellationToken cancellationToken)
    {
        if (services.GetService<IKnownIncidents>() is not { } incidents)
        {
            return [];
        }

        if (_known.TryGetValue(hazard, out var known) && time.GetUtcNow() < known.Until)
        {
            return known.Prompts;
        }

        IReadOnlyList<string> prompts = await incidents.GetPromptsAsync(hazard, cancellationToken).ConfigureAwait(false);
        _known[hazard] = (time.GetUtcNow() + _fresh, prompts);

        // Erased incidents must not live on here.
        foreach (string forgotten in known.Prompts?.Except(prompts) ?? [])
        {
            _embeddings.TryRemove(forgotten, out _);
        }

        return prompts;
    }
}
