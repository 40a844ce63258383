using Microsoft.Extensions.AI;
using Unlearning.Host.Embeddings;

namespace Unlearning.Host.Cli.Doctor.Checks;

/// <summary>Whether the small model of policies' similarity detectors runs.</summary>
internal sealed class EmbeddingsCheck : ICheck
{
    /// <inheritdoc/>
    public string Name => "embeddings";

    /// <inheritdoc/>
    public async Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            using MiniLmEmbeddings model = new();
            GeneratedEmbeddings<Embedding<float>> one = await model.GenerateAsync(["hello"], cancellationToken: cancellationToken).ConfigureAwait(false);
            return Finding.Ok($"MiniLM gives {one[0].Vector.Length} numbers.");
        }
        catch (Exception failure) when (failure is DllNotFoundException or BadImageFormatException or TypeInitializationException)
        {
            return Finding.Problem(
                $"The ONNX runtime cannot be loaded: {(failure.InnerException ?? failure).Message}",
                "Build or install the program for this system, or use no policy that detects by similarity.");
        }
    }
}
