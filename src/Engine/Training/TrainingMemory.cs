using Unlearning.Engine.Models;
using static TorchSharp.torch;

namespace Unlearning.Engine.Training;

/// <summary>Decides which layers keep their activations within a budget; the others keep their input and are run again.</summary>
/// <param name="config">The model's shape.</param>
/// <param name="layout">The adapter's shape.</param>
/// <param name="type">Type of the activations.</param>
/// <param name="objectives">Number of objectives.</param>
/// <param name="megabytes">What a step may take beside the base's weights, in 2^20 bytes; 0 keeps everything.</param>
/// <param name="onGpu">Whether the step is computed on a GPU.</param>
internal sealed class TrainingMemory(LlamaConfig config, LoraLayout layout, ScalarType type, int objectives, int megabytes, bool onGpu = false)
{
    /// <summary>
    /// Most tokens of a segment: enough for products at full speed, few enough for activations to stay in the processor's cache. A GPU
    /// has no such limit, and waits for every call.
    /// </summary>
    public long SegmentTokens { get; set; } = onGpu ? 8192 : 768;

    // The parameters, AdamW's moments, the direction and temporaries of the update.
    private const int VectorsBesideGradients = 7;

    // Logits and their gradient, the reference's logits, and what the loss makes of a part of them.
    private const long LogitRows = 1200;

    /// <summary>How many layers, from the first on, are run again in the backward pass.</summary>
    /// <param name="tokens">Tokens of the step.</param>
    /// <param name="largest">Tokens of its largest segment.</param>
    public int RecomputedLayers(long tokens, long largest)
    {
        if (megabytes == 0)
            return 0;
        long size = type switch { ScalarType.Float64 => 8, ScalarType.Float32 => 4, _ => 2 };
        long state = Enumerable.Range(0, config.LayerCount).Max(layer => LayerState.Width(config, layout.Layer(layer)));
        long vectors = layout.Length * (objectives + VectorsBesideGradients) * (type == ScalarType.Float64 ? 8 : 4);
        long inputs = tokens * (config.LayerCount + 2L) * config.HiddenSize * size;
        long working = largest * (2 * state + 4L * config.IntermediateSize) * size + LogitRows * config.VocabularySize * size;
        long left = megabytes * (1L << 20) - vectors - inputs - working;
        return (int)Math.Clamp(config.LayerCount - left / (tokens * state * size), 0, config.LayerCount);
    }
}
