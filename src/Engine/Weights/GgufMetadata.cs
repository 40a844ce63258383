using Unlearning.Engine.Models;

namespace Unlearning.Engine.Weights;

/// <summary>What a GGUF model file says beside its tensors, and how it differs from a Hugging Face folder.</summary>
internal static class GgufMetadata
{
    private const string FileType = "general.file_type", Version = "general.quantization_version", Alignment = "general.alignment";

    /// <summary>A GGUF base's own, or what a Hugging Face folder has for llama.cpp; the file type says how the linear modules are quantised.</summary>
    public static IReadOnlyList<(string Key, object Value)> Of(ICheckpoint checkpoint, GgmlType type) =>
    [
        .. checkpoint is GgufCheckpoint gguf
            ? gguf.Metadata.Where(entry => entry.Key is not (FileType or Version or Alignment)).Select(entry => (entry.Key, (object)entry.Value))
            : OfFolder(checkpoint),
        (FileType, FileTypeOf(type)),
        (Version, 2u),
    ];

    /// <summary>Heads whose halves a GGUF file interleaves in this tensor; 0 for none.</summary>
    public static int InterleavedHeads(LlamaConfig config, string name) =>
        name.Contains(".q_proj.", StringComparison.Ordinal) ? config.HeadCount
        : name.Contains(".k_proj.", StringComparison.Ordinal) ? config.KeyValueHeadCount
        : 0;

    /// <summary>The rotary divisors that a GGUF file keeps as a tensor, or null where it has none.</summary>
    public static double[]? RopeDivisors(LlamaConfig config)
    {
        switch (config.RopeScaling)
        {
            case TabulatedRopeScaling table:
                return [.. table.Divisors];
            case Llama3RopeScaling llama3:
                double[] plain = [.. Enumerable.Range(0, config.HeadDim / 2).Select(i => Math.Pow(config.RopeTheta, -2.0 * i / config.HeadDim))];
                double[] scaled = [.. plain];
                llama3.Apply(scaled);
                return [.. plain.Zip(scaled, (before, after) => before / after)];
            default:
                return null;
        }
    }

    private static IEnumerable<(string Key, object Value)> OfFolder(ICheckpoint checkpoint)
    {
        var config = checkpoint.Config;
        yield return ("general.architecture", "llama");
        yield return ("general.type", "model");
        yield return ("general.name", Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(checkpoint.Path))));
        foreach (var (key, value) in new[]
        {
            ("block_count", config.LayerCount),
            ("context_length", config.MaxPositions),
            ("embedding_length", config.HiddenSize),
            ("feed_forward_length", config.IntermediateSize),
            ("attention.head_count", config.HeadCount),
            ("attention.head_count_kv", config.KeyValueHeadCount),
            ("attention.key_length", config.HeadDim),
            ("attention.value_length", config.HeadDim),
            ("rope.dimension_count", config.HeadDim),
            ("vocab_size", config.VocabularySize),
        })
            yield return ("llama." + key, (uint)value);
        yield return ("llama.rope.freq_base", (float)config.RopeTheta);
        yield return ("llama.attention.layer_norm_rms_epsilon", (float)config.RmsNormEpsilon);
        if (config.RopeScaling is LinearRopeScaling linear)
        {
            yield return ("llama.rope.scaling.type", "linear");
            yield return ("llama.rope.scaling.factor", (float)linear.Factor);
        }

        // The vocabulary stays in tokenizer.json: llama.cpp loads such a file, but takes and gives token ids only.
        yield return ("tokenizer.ggml.model", "no_vocab");
        if (checkpoint.EndTokens is [var first, ..])
            yield return ("tokenizer.ggml.eos_token_id", (uint)first);
        if (checkpoint.EndTokens is [_, var second, ..])
            yield return ("tokenizer.ggml.eot_token_id", (uint)second);
        if (checkpoint.ChatTemplate is { } template)
            yield return ("tokenizer.chat_template", template);
    }

    // LLAMA_FTYPE_MOSTLY_* of llama.h.
    private static uint FileTypeOf(GgmlType type) => type switch
    {
        GgmlType.Q4_0 => 2,
        GgmlType.Q4_1 => 3,
        GgmlType.Q8_0 => 7,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };
}
