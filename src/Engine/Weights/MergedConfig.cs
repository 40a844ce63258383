using System.Text.Json;
using System.Text.Json.Nodes;
using Unlearning.Engine.Models;
using static TorchSharp.torch;

namespace Unlearning.Engine.Weights;

/// <summary>The JSON files of a Hugging Face folder: config.json of a merged model and the index of its shards.</summary>
internal static class MergedConfig
{
    private const double TableRounding = 1e-6; // of float32

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The base's own config.json, with another type where that changes; or one made for a GGUF base.</summary>
    /// <param name="checkpoint">The base.</param>
    /// <param name="type">The type of the merged weights; null where they keep the base's.</param>
    /// <exception cref="CheckpointException">The base's rotary scaling has no form in a config.json.</exception>
    public static byte[] Create(ICheckpoint checkpoint, ScalarType? type)
    {
        // A GGUF file is described by its own header, whatever lies beside it.
        var own = Directory.Exists(checkpoint.Path) && HuggingFaceCheckpoint.IsPresent(checkpoint.Path)
            ? JsonFile.ReadBytes(Path.Combine(checkpoint.Path, "config.json"))
            : null;
        if (own is not null && type is null)
            return own;
        var json = own is null ? OfGguf(checkpoint) : JsonNode.Parse(own)!.AsObject();
        json[json.ContainsKey("dtype") ? "dtype" : "torch_dtype"] = (type ?? TypeOf(checkpoint)) switch
        {
            ScalarType.Float64 => "float64",
            ScalarType.Float16 => "float16",
            ScalarType.BFloat16 => "bfloat16",
            _ => "float32",
        };
        return JsonSerializer.SerializeToUtf8Bytes(json, Indented);
    }

    /// <summary>Writes model.safetensors.index.json.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fileOfTensor">Which file holds each tensor.</param>
    /// <param name="bytes">Of all tensors together.</param>
    public static void WriteIndex(string path, SortedDictionary<string, string> fileOfTensor, long bytes) => AtomicFile.Write(
        path,
        stream => JsonSerializer.Serialize(
            stream, new { metadata = new Dictionary<string, long> { ["total_size"] = bytes }, weight_map = fileOfTensor }, Indented));

    private static ScalarType TypeOf(ICheckpoint checkpoint) => checkpoint.Stored(ModuleNames.Linear(0, LinearModule.Query) + ".weight").Type switch
    {
        GgmlType.F64 => ScalarType.Float64,
        GgmlType.F16 => ScalarType.Float16,
        GgmlType.BF16 => ScalarType.BFloat16,
        _ => ScalarType.Float32,
    };

    private static JsonObject OfGguf(ICheckpoint checkpoint)
    {
        var config = checkpoint.Config;
        var json = new JsonObject
        {
            ["architectures"] = new JsonArray("LlamaForCausalLM"),
            ["model_type"] = "llama",
            ["hidden_act"] = "silu",
            ["hidden_size"] = config.HiddenSize,
            ["intermediate_size"] = config.IntermediateSize,
            ["num_hidden_layers"] = config.LayerCount,
            ["num_attention_heads"] = config.HeadCount,
            ["num_key_value_heads"] = config.KeyValueHeadCount,
            ["head_dim"] = config.HeadDim,
            ["vocab_size"] = config.VocabularySize,
            ["max_position_embeddings"] = config.MaxPositions,
            ["rms_norm_eps"] = config.RmsNormEpsilon,
            ["rope_theta"] = config.RopeTheta,
            ["rope_scaling"] = Scaling(checkpoint),
            ["tie_word_embeddings"] = config.TieWordEmbeddings,
            ["attention_bias"] = config.AttentionBias,
            ["mlp_bias"] = config.MlpBias,
        };
        if (checkpoint.EndTokens is [var only])
            json["eos_token_id"] = only;
        else if (checkpoint.EndTokens.Count > 1)
            json["eos_token_id"] = new JsonArray([.. checkpoint.EndTokens.Select(id => JsonValue.Create(id))]);
        return json;
    }

    private static JsonObject? Scaling(ICheckpoint checkpoint) => checkpoint.Config.RopeScaling switch
    {
        null => null,
        LinearRopeScaling linear => new JsonObject { ["rope_type"] = "linear", ["factor"] = linear.Factor },
        TabulatedRopeScaling table when Llama3Of(table, checkpoint.Config) is { } scaling => new JsonObject
        {
            ["rope_type"] = "llama3",
            ["factor"] = scaling.Factor,
            ["low_freq_factor"] = scaling.LowFrequencyFactor,
            ["high_freq_factor"] = scaling.HighFrequencyFactor,
            ["original_max_position_embeddings"] = scaling.OriginalMaxPositions,
        },
        _ => throw new CheckpointException(
            checkpoint.Path, "its table of rotary divisors is not that of a Llama 3.1", "Merge onto the Hugging Face folder of this model."),
    };

    /// <summary>GGUF keeps of Llama 3.1's scaling only the divisors that it gave: find the numbers that give them.</summary>
    private static Llama3RopeScaling? Llama3Of(TabulatedRopeScaling table, LlamaConfig config)
    {
        var plain = Enumerable.Range(0, config.HeadDim / 2).Select(i => Math.Pow(config.RopeTheta, -2.0 * i / config.HeadDim)).ToArray();
        for (var context = 16; context <= 1 << 20; context *= 2)
        {
            var scaling = new Llama3RopeScaling(table.Divisors.Max(), 1, 4, context);
            var scaled = plain.ToArray();
            scaling.Apply(scaled);
            if (plain.Zip(scaled, table.Divisors).All(f => Math.Abs((f.First / f.Second) - f.Third) <= TableRounding * f.Third))
                return scaling;
        }
        return null;
    }
}
