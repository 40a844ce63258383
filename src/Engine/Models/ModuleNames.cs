using System.Globalization;

namespace Unlearning.Engine.Models;

/// <summary>Hugging Face names of a Llama checkpoint's tensors.</summary>
public static class ModuleNames
{
    /// <summary>Token embedding, [vocabulary, hidden].</summary>
    public const string Embedding = "model.embed_tokens.weight";

    /// <summary>Weight of the final RMSNorm, [hidden].</summary>
    public const string FinalNorm = "model.norm.weight";

    /// <summary>Untied output head, [vocabulary, hidden].</summary>
    public const string Head = "lm_head.weight";

    /// <summary>All linear modules, in running order.</summary>
    public static IReadOnlyList<LinearModule> LinearModules { get; } = Enum.GetValues<LinearModule>();

    /// <summary>Last part of a linear module's path, as PEFT's <c>target_modules</c> names it.</summary>
    public static string Suffix(LinearModule module) => module switch
    {
        LinearModule.Query => "q_proj",
        LinearModule.Key => "k_proj",
        LinearModule.Value => "v_proj",
        LinearModule.Output => "o_proj",
        LinearModule.Gate => "gate_proj",
        LinearModule.Up => "up_proj",
        LinearModule.Down => "down_proj",
        _ => throw new ArgumentOutOfRangeException(nameof(module), module, null),
    };

    /// <summary>Path of a linear module without <c>.weight</c>, such as <c>model.layers.0.self_attn.q_proj</c>.</summary>
    public static string Linear(int layer, LinearModule module) =>
        $"model.layers.{layer}.{(module <= LinearModule.Output ? "self_attn" : "mlp")}.{Suffix(module)}";

    /// <summary>Takes a path apart that <see cref="Linear"/> could have made.</summary>
    public static bool TryParseLinear(string path, out int layer, out LinearModule module)
    {
        ArgumentNullException.ThrowIfNull(path);
        module = default;
        if (path.Split('.') is not ["model", "layers", var number, _, _]
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out layer))
        {
            layer = -1;
            return false;
        }

        foreach (LinearModule candidate in LinearModules)
        {
            module = candidate;
            if (Linear(layer, candidate) == path)
                return true;
        }

        return false;
    }

    /// <summary>Name of the RMSNorm weight before attention.</summary>
    public static string InputNorm(int layer) => $"model.layers.{layer}.input_layernorm.weight";

    /// <summary>Name of the RMSNorm weight before the MLP.</summary>
    public static string PostAttentionNorm(int layer) => $"model.layers.{layer}.post_attention_layernorm.weight";

    /// <summary>Shape [out, in] of a linear module's weight.</summary>
    public static (long Out, long In) Shape(LlamaConfig config, LinearModule module)
    {
        long heads = config.HeadCount * config.HeadDim, keyValue = config.KeyValueHeadCount * config.HeadDim;
        return module switch
        {
            LinearModule.Query => (heads, config.HiddenSize),
            LinearModule.Key or LinearModule.Value => (keyValue, config.HiddenSize),
            LinearModule.Output => (config.HiddenSize, heads),
            LinearModule.Gate or LinearModule.Up => (config.IntermediateSize, config.HiddenSize),
            LinearModule.Down => (config.HiddenSize, config.IntermediateSize),
            _ => throw new ArgumentOutOfRangeException(nameof(module), module, null),
        };
    }
}
