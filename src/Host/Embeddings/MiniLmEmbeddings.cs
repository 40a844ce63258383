using Microsoft.Extensions.AI;

namespace Unlearning.Host.Embeddings;

/// <summary>
/// Embeddings of all-MiniLM-L6-v2, 384 numbers a text, of its first 256 tokens or so. The model comes inside a package, is loaded at the
/// first text and stays until the process ends; it needs no network.
/// </summary>
public sealed class MiniLmEmbeddings : IEmbeddingGenerator<string, Embedding<float>>
{
    /// <inheritdoc/>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        float[][] vectors = await Task.Run(
            () => values.Select(text =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                return SentenceVectors.Of(text);
            }).ToArray(),
            cancellationToken).ConfigureAwait(false);
        return [.. vectors.Select(vector => new Embedding<float>(vector) { ModelId = SentenceVectors.Model })];
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata("minilm", null, SentenceVectors.Model, SentenceVectors.Dimension)
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
