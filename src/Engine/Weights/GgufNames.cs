namespace Unlearning.Engine.Weights;

/// <summary>Hugging Face tensor names to the names of GGUF's llama architecture.</summary>
internal static class GgufNames
{
    /// <summary>The tensor in which GGUF keeps Llama 3.1's rotary scaling; it has no counterpart in Hugging Face files.</summary>
    public const string RopeDivisors = "rope_freqs.weight";

    private const string LayerPrefix = "model.layers.";

    /// <summary>The GGUF name of a tensor named as in <see cref="LlamaTensors"/>; other names come back unchanged.</summary>
    public static string FromHuggingFace(string name)
    {
        if (!name.StartsWith(LayerPrefix, StringComparison.Ordinal))
        {
            return name switch
            {
                "model.embed_tokens.weight" => "token_embd.weight",
                "model.norm.weight" => "output_norm.weight",
                "lm_head.weight" => "output.weight",
                _ => name,
            };
        }
        var layerEnd = name.IndexOf('.', LayerPrefix.Length);
        var kindStart = name.LastIndexOf('.');
        if (layerEnd < 0 || kindStart <= layerEnd)
            return name;
        var module = name[(layerEnd + 1)..kindStart] switch
        {
            "input_layernorm" => "attn_norm",
            "post_attention_layernorm" => "ffn_norm",
            "self_attn.q_proj" => "attn_q",
            "self_attn.k_proj" => "attn_k",
            "self_attn.v_proj" => "attn_v",
            "self_attn.o_proj" => "attn_output",
            "mlp.gate_proj" => "ffn_gate",
            "mlp.up_proj" => "ffn_up",
            "mlp.down_proj" => "ffn_down",
            var other => other,
        };
        return $"blk.{name.AsSpan(LayerPrefix.Length..layerEnd)}.{module}{name.AsSpan(kindStart)}";
    }
}
