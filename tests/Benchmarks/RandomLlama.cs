using System.Globalization;
using TorchSharp;
using Unlearning.Engine.Models;
using static TorchSharp.torch;

namespace Unlearning.Benchmarks;

/// <summary>Models of Llama-3-8B's shape with random weights, kept on disk between runs: speed and memory do not depend on the values.</summary>
internal static class RandomLlama
{
    /// <summary>Decoder layers of Llama-3-8B.</summary>
    public const int FullDepth = 32;

    private const int Hidden = 4096, Mlp = 14336, HeadCount = 32, KeyValueHeads = 8, HeadDim = 128, Vocabulary = 128256;

    // The spread of weights that keeps activations of ordinary size.
    private const double Spread = 0.02;

    /// <summary>The folder of a bf16 Hugging Face checkpoint with <paramref name="layers"/> layers, written if it is not there yet.</summary>
    public static string Safetensors(string cache, int layers, Action<string> report)
    {
        string folder = Path.Combine(cache, $"llama-8b-shape-{layers}-layers-bf16"), index = Path.Combine(folder, "model.safetensors.index.json");
        if (File.Exists(index))
            return folder;

        Directory.CreateDirectory(folder);
        Dictionary<string, string> shards = [];
        foreach (IGrouping<string, (string Name, long[] Shape)> shard in Tensors(layers).GroupBy(tensor => ShardOf(tensor.Name)))
        {
            report($"  writing {Path.Combine(folder, shard.Key)}");
            using DisposeScope scope = NewDisposeScope();
            Unlearning.Engine.Weights.Safetensors.Write(Path.Combine(folder, shard.Key), shard.ToDictionary(tensor => tensor.Name, tensor => Values(tensor.Shape)));
            foreach ((string name, _) in shard)
                shards[name] = shard.Key;
        }

        File.WriteAllText(Path.Combine(folder, "config.json"), ConfigJson(layers));

        // Last, because its presence says that the rest is complete.
        File.WriteAllText(index, "{\"weight_map\": {" + string.Join(", ", shards.Select(entry => $"\"{entry.Key}\": \"{entry.Value}\"")) + "}}");
        return folder;
    }

    /// <summary>A Q4_0 GGUF file with <paramref name="layers"/> layers, written if it is not there yet.</summary>
    public static string Gguf(string cache, int layers, Action<string> report)
    {
        Directory.CreateDirectory(cache);
        string file = Path.Combine(cache, $"llama-8b-shape-{layers}-layers-q4_0.gguf"), partial = file + ".partial";
        if (File.Exists(file))
            return file;

        report($"  writing {file}");
        using (FileStream stream = File.Create(partial))
        {
            RandomGguf writer = new(stream);
            writer.Write(
                [
                    ("llama.embedding_length", Hidden), ("llama.feed_forward_length", Mlp), ("llama.block_count", layers),
                    ("llama.attention.head_count", HeadCount), ("llama.attention.head_count_kv", KeyValueHeads), ("llama.context_length", 8192),
                ],
                [("llama.attention.layer_norm_rms_epsilon", 1e-5f), ("llama.rope.freq_base", 500000f)],
                [.. Tensors(layers).Select(tensor => (GgufName(tensor.Name), tensor.Shape))],
                Spread);
        }

        File.Move(partial, file);
        return file;
    }

    private static Tensor Values(long[] shape) => shape.Length == 1 ? ones(shape, ScalarType.BFloat16) : randn(shape, ScalarType.BFloat16).mul_(Spread);

    private static IEnumerable<(string Name, long[] Shape)> Tensors(int layers)
    {
        LlamaConfig config = Config(layers);
        yield return (ModuleNames.Embedding, [Vocabulary, Hidden]);
        for (int layer = 0; layer < layers; layer++)
        {
            yield return (ModuleNames.InputNorm(layer), [Hidden]);
            foreach (LinearModule module in ModuleNames.LinearModules)
            {
                (long outputs, long inputs) = ModuleNames.Shape(config, module);
                yield return (ModuleNames.Linear(layer, module) + ".weight", [outputs, inputs]);
            }

            yield return (ModuleNames.PostAttentionNorm(layer), [Hidden]);
        }

        yield return (ModuleNames.FinalNorm, [Hidden]);
        yield return (ModuleNames.Head, [Vocabulary, Hidden]);
    }

    private static string ShardOf(string name) => name.Split('.') is ["model", "layers", string layer, ..]
        ? $"layer-{layer.PadLeft(2, '0')}.safetensors"
        : name.Split('.')[^2] + ".safetensors";

    private static string GgufName(string name)
    {
        string[] parts = name.Split('.');
        return parts is ["model", "layers", string layer, ..]
            ? $"blk.{layer}.{Short(parts[^2])}.weight"
            : Short(parts[^2]) + ".weight";

        static string Short(string module) => module switch
        {
            "embed_tokens" => "token_embd",
            "norm" => "output_norm",
            "lm_head" => "output",
            "input_layernorm" => "attn_norm",
            "post_attention_layernorm" => "ffn_norm",
            "o_proj" => "attn_output",
            "q_proj" or "k_proj" or "v_proj" => "attn_" + module[..1],
            _ => "ffn_" + module[..^"_proj".Length],
        };
    }

    private static LlamaConfig Config(int layers) => new()
    {
        HiddenSize = Hidden,
        IntermediateSize = Mlp,
        LayerCount = layers,
        HeadCount = HeadCount,
        KeyValueHeadCount = KeyValueHeads,
        HeadDim = HeadDim,
        VocabularySize = Vocabulary,
        MaxPositions = 8192,
        RmsNormEpsilon = 1e-5,
        RopeTheta = 500000,
    };

    private static string ConfigJson(int layers) => string.Create(CultureInfo.InvariantCulture, $$"""
        {"model_type": "llama", "hidden_size": {{Hidden}}, "intermediate_size": {{Mlp}}, "num_hidden_layers": {{layers}},
         "num_attention_heads": {{HeadCount}}, "num_key_value_heads": {{KeyValueHeads}}, "head_dim": {{HeadDim}}, "vocab_size": {{Vocabulary}},
         "max_position_embeddings": 8192, "rms_norm_eps": 1e-05, "rope_theta": 500000.0, "tie_word_embeddings": false}
        """);
}
