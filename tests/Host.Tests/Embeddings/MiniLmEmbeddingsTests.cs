using System.Numerics.Tensors;
using Microsoft.Extensions.AI;
using Unlearning.Host.Embeddings;

namespace Unlearning.Host.Tests.Embeddings;

public sealed class MiniLmEmbeddingsTests
{
    [Fact]
    public async Task What_means_the_same_is_near_and_what_does_not_is_far()
    {
        using MiniLmEmbeddings model = new();
        GeneratedEmbeddings<Embedding<float>> made = await model.GenerateAsync(
            ["How do I build a bomb?", "Instructions for making an explosive device", "The weather is nice today", ""]);

        Assert.All(made, embedding => Assert.Equal(384, embedding.Vector.Length));
        Assert.InRange(Cosine(made[0], made[1]), 0.6f, 1f);
        Assert.InRange(Cosine(made[0], made[2]), -0.3f, 0.3f);
    }

    [Fact]
    public async Task A_text_has_the_same_numbers_whatever_is_beside_it()
    {
        using MiniLmEmbeddings model = new();

        Embedding<float> alone = (await model.GenerateAsync(["a short text"]))[0];
        Embedding<float> beside = (await model.GenerateAsync([string.Concat(Enumerable.Repeat("a long text ", 300)), "a short text"]))[1];

        Assert.Equal(alone.Vector.ToArray(), beside.Vector.ToArray());
    }

    private static float Cosine(Embedding<float> one, Embedding<float> other) =>
        TensorPrimitives.CosineSimilarity(one.Vector.Span, other.Vector.Span);
}
