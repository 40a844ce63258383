using System.Text.Json;
using Unlearning.Engine.Models;

namespace Unlearning.Engine.Weights;

/// <summary>Reads a Llama <c>config.json</c> in the form of transformers 5 (<c>rope_parameters</c>) and in the older ones (<c>rope_theta</c>, <c>rope_scaling</c>).</summary>
internal static class HuggingFaceConfig
{
    /// <exception cref="CheckpointException">The file is damaged or declares something that this engine does not compute.</exception>
    public static LlamaConfig Read(string path)
    {
        var config = JsonFile.Read(path, Read);
        LlamaTensors.CheckConfig(config, path);
        return config;
    }

    // Absent keys take the defaults of transformers' LlamaConfig.
    private static LlamaConfig Read(JsonElement json)
    {
        if (json.Text("model_type") is not "llama" and var type)
            throw new FormatException($"the model type is '{type ?? "not given"}', and this engine runs Llama models only");
        if (json.Text("hidden_act") is not (null or "silu") and var activation)
            throw new FormatException($"the activation is '{activation}', and this engine computes silu only");

        var hidden = json.RequiredInteger("hidden_size");
        var heads = json.RequiredInteger("num_attention_heads");
        var rope = json.Member("rope_parameters") ?? json.Member("rope_scaling");
        return new LlamaConfig
        {
            HiddenSize = hidden,
            IntermediateSize = json.RequiredInteger("intermediate_size"),
            LayerCount = json.RequiredInteger("num_hidden_layers"),
            HeadCount = heads,
            KeyValueHeadCount = json.Integer("num_key_value_heads") ?? heads,
            HeadDim = json.Integer("head_dim") ?? (heads > 0 ? hidden / heads : 0),
            VocabularySize = json.RequiredInteger("vocab_size"),
            MaxPositions = json.Integer("max_position_embeddings") ?? 2048,
            RmsNormEpsilon = json.Number("rms_norm_eps") ?? 1e-6,
            RopeTheta = rope?.Number("rope_theta") ?? json.Number("rope_theta") ?? 10000,
            RopeScaling = rope is { } parameters ? ReadScaling(parameters) : null,
            TieWordEmbeddings = json.Boolean("tie_word_embeddings") ?? false,
            AttentionBias = json.Boolean("attention_bias") ?? false,
            MlpBias = json.Boolean("mlp_bias") ?? false,
        };
    }

    private static RopeScaling? ReadScaling(JsonElement json) => (json.Text("rope_type") ?? json.Text("type")) switch
    {
        null or "default" => null,
        "linear" => new LinearRopeScaling(json.RequiredNumber("factor")),
        "llama3" => new Llama3RopeScaling(
            json.RequiredNumber("factor"),
            json.RequiredNumber("low_freq_factor"),
            json.RequiredNumber("high_freq_factor"),
            json.RequiredInteger("original_max_position_embeddings")),
        var other => throw new FormatException($"the rotary scaling is '{other}', and this engine computes 'linear' and 'llama3' only"),
    };
}
