using Unlearning.Engine.Models;

namespace Unlearning.Engine.Weights;

/// <summary>The tensors that a Llama configuration calls for, under their Hugging Face names, and the check that a file has them.</summary>
internal static class LlamaTensors
{
    private const int LargestSize = 1 << 24;

    /// <summary>Refuses configurations that no Llama can have, before anything is sized by them.</summary>
    /// <exception cref="CheckpointException">A size is out of range or does not fit another.</exception>
    public static void CheckConfig(LlamaConfig config, string file)
    {
        foreach (var (what, size) in new[]
        {
            ("hidden size", config.HiddenSize), ("MLP size", config.IntermediateSize), ("layer count", config.LayerCount), ("head count", config.HeadCount),
            ("key-value head count", config.KeyValueHeadCount), ("head size", config.HeadDim), ("vocabulary size", config.VocabularySize),
            ("context length", config.MaxPositions),
        })
        {
            if (size is < 1 or > LargestSize)
                throw Impossible($"{what} {size} is out of range");
        }
        if (config.HeadCount % config.KeyValueHeadCount != 0)
            throw Impossible($"{config.HeadCount} query heads cannot share {config.KeyValueHeadCount} key-value heads evenly");
        if (config.HeadDim % 2 != 0)
            throw Impossible($"the head size {config.HeadDim} is odd, and rotary embedding turns pairs");
        if (!(config.RmsNormEpsilon is >= 0 and < 1))
            throw Impossible($"the norm's epsilon {config.RmsNormEpsilon} is out of range");
        if (!(config.RopeTheta is > 0 and < double.PositiveInfinity))
            throw Impossible($"the rotary base {config.RopeTheta} is out of range");
        CheckRopeScaling();

        void CheckRopeScaling()
        {
            var usable = config.RopeScaling switch
            {
                LinearRopeScaling linear => IsPositive(linear.Factor),
                Llama3RopeScaling llama3 => IsPositive(llama3.Factor) && IsPositive(llama3.LowFrequencyFactor)
                    && llama3.HighFrequencyFactor > llama3.LowFrequencyFactor && double.IsFinite(llama3.HighFrequencyFactor) && llama3.OriginalMaxPositions > 0,
                TabulatedRopeScaling table => table.Divisors.Count == config.HeadDim / 2 && table.Divisors.All(IsPositive),
                _ => true,
            };
            if (!usable)
                throw Impossible("the rotary scaling is out of range");
        }

        static bool IsPositive(double value) => value is > 0 and < double.PositiveInfinity;

        CheckpointException Impossible(string what) => new(file, what, "The configuration is damaged, or the model is no Llama: use another file.");
    }

    /// <summary>Names and shapes, layer by layer.</summary>
    public static IEnumerable<(string Name, long[] Shape)> Expected(LlamaConfig config)
    {
        long hidden = config.HiddenSize, mlp = config.IntermediateSize;
        var queries = (long)config.HeadCount * config.HeadDim;
        var keys = (long)config.KeyValueHeadCount * config.HeadDim;

        yield return ("model.embed_tokens.weight", [config.VocabularySize, hidden]);
        for (var layer = 0; layer < config.LayerCount; layer++)
        {
            var prefix = $"model.layers.{layer}.";
            yield return (prefix + "input_layernorm.weight", [hidden]);
            yield return (prefix + "post_attention_layernorm.weight", [hidden]);
            foreach (var (module, rows, columns, hasBias) in new[]
            {
                ("self_attn.q_proj", queries, hidden, config.AttentionBias),
                ("self_attn.k_proj", keys, hidden, config.AttentionBias),
                ("self_attn.v_proj", keys, hidden, config.AttentionBias),
                ("self_attn.o_proj", hidden, queries, config.AttentionBias),
                ("mlp.gate_proj", mlp, hidden, config.MlpBias),
                ("mlp.up_proj", mlp, hidden, config.MlpBias),
                ("mlp.down_proj", hidden, mlp, config.MlpBias),
            })
            {
                yield return ($"{prefix}{module}.weight", [rows, columns]);
                if (hasBias)
                    yield return ($"{prefix}{module}.bias", [rows]);
            }
        }
        yield return ("model.norm.weight", [hidden]);
        if (!config.TieWordEmbeddings)
            yield return ("lm_head.weight", [config.VocabularySize, hidden]);
    }

    /// <summary>Checks every expected tensor and returns their names.</summary>
    /// <param name="config">A configuration that passed <see cref="CheckConfig"/>.</param>
    /// <param name="file">Named in the exception.</param>
    /// <param name="shapeOf">The shape the file has under a Hugging Face name, or null.</param>
    /// <exception cref="CheckpointException">A tensor is missing or has another shape.</exception>
    public static HashSet<string> Check(LlamaConfig config, string file, Func<string, long[]?> shapeOf)
    {
        var names = new HashSet<string>();
        foreach (var (name, expected) in Expected(config))
        {
            var shape = shapeOf(name)
                ?? throw new CheckpointException(file, $"tensor '{name}' is missing", "The file is incomplete or of another architecture: copy or download it again.");
            if (!shape.AsSpan().SequenceEqual(expected))
            {
                throw new CheckpointException(
                    file, $"tensor '{name}' is [{string.Join(", ", shape)}] where the configuration calls for [{string.Join(", ", expected)}]", "Use the configuration that belongs to these weights.");
            }
            names.Add(name);
        }
        return names;
    }

    /// <summary>Refuses a tensor that the model would silently go without.</summary>
    public static CheckpointException Unknown(string file, string tensor) =>
        new(file, $"tensor '{tensor}' has no place in a Llama model", "The model is of another architecture, which this engine would compute wrongly: use a Llama model.");
}
