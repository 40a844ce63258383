using System.Text.Json;
using Unlearning.Engine.Models;

namespace Unlearning.Engine.Weights;

/// <summary>peft's <c>adapter_config.json</c>.</summary>
internal static class PeftConfig
{
    public const string FileName = "adapter_config.json";

    private const int LargestRank = 1 << 16;

    /// <summary>Options that change what an adapter computes in ways this engine does not.</summary>
    private static readonly string[] Unsupported =
    [
        "use_dora", "modules_to_save", "lora_bias", "rank_pattern", "alpha_pattern", "fan_in_fan_out", "use_qalora", "use_bdlora",
        "layer_replication", "alora_invocation_tokens", "trainable_token_indices", "target_parameters", "arrow_config", "kasa_config",
        "monteclora_config", "velora_config",
    ];

    /// <summary>Initialisations that change the base's own weights too.</summary>
    private static readonly string[] BaseChangingInitializations = ["pissa", "olora", "corda", "loftq"];

    /// <summary>The modules in the order of a layer's computation, which is how they are listed.</summary>
    private static readonly string[] ModuleOrder = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];

    /// <exception cref="CheckpointException">The file is damaged or names an option that is not supported.</exception>
    public static LoraSettings Read(string path) => JsonFile.Read(path, json =>
    {
        if (json.Text("peft_type") is not "LORA" and var type)
            throw new FormatException($"the adapter's peft_type is '{type ?? "not given"}', and only LORA is supported");
        foreach (var option in Unsupported)
        {
            if (IsSet(json.Member(option)))
                throw new FormatException($"the adapter uses '{option}', which is not supported");
        }
        if (json.Text("bias") is not (null or "none"))
            throw new FormatException("the adapter trains biases ('bias'), which is not supported");
        if (json.Member("init_lora_weights") is { ValueKind: JsonValueKind.String } init
            && BaseChangingInitializations.Any(name => init.GetString()!.StartsWith(name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new FormatException($"the adapter's 'init_lora_weights' is '{init.GetString()}', which changes the base model too");
        }

        var rank = json.RequiredInteger("r");
        var alpha = json.RequiredNumber("lora_alpha");
        if (rank is < 1 or > LargestRank)
            throw new FormatException($"the rank {rank} is out of range");
        if (!double.IsFinite(alpha))
            throw new FormatException($"lora_alpha {alpha} is out of range");
        return new LoraSettings(rank, json.Boolean("use_rslora") == true ? alpha * Math.Sqrt(rank) : alpha);
    });

    public static void Write(string path, LoraAdapter adapter, string baseModel) => AtomicFile.Write(path, stream =>
    {
        using var json = new Utf8JsonWriter(stream, new() { Indented = true });
        json.WriteStartObject();
        json.WriteString("peft_type", "LORA");
        json.WriteString("task_type", "CAUSAL_LM");
        json.WriteString("base_model_name_or_path", baseModel);
        json.WriteNull("revision");
        json.WriteBoolean("inference_mode", true);
        json.WriteNumber("r", adapter.Settings.Rank);
        json.WriteNumber("lora_alpha", adapter.Settings.Alpha);
        json.WriteNumber("lora_dropout", 0.0);
        json.WriteString("bias", "none");
        json.WriteStartArray("target_modules");
        foreach (var module in TargetModules(adapter.Modules.Keys))
            json.WriteStringValue(module);
        json.WriteEndArray();
        json.WriteNull("modules_to_save");
        json.WriteBoolean("fan_in_fan_out", false);
        json.WriteBoolean("use_rslora", false);
        json.WriteBoolean("use_dora", false);
        json.WriteStartObject("rank_pattern");
        json.WriteEndObject();
        json.WriteStartObject("alpha_pattern");
        json.WriteEndObject();
        json.WriteNull("layers_to_transform");
        json.WriteBoolean("init_lora_weights", true);
        json.WriteEndObject();
    });

    /// <summary>
    /// The modules' last names where every layer from the first on has the same ones, else their full paths; peft takes either.
    /// </summary>
    private static List<string> TargetModules(IEnumerable<string> modules)
    {
        var paths = modules.Order(StringComparer.Ordinal).ToList();
        var names = paths
            .Select(path => path[(path.LastIndexOf('.') + 1)..])
            .Distinct()
            .OrderBy(Position)
            .ThenBy(name => name, StringComparer.Ordinal)
            .ToList();
        var layers = paths.Select(LayerOf).ToHashSet();
        var everywhere = paths.Count == names.Count * layers.Count
            && Enumerable.Range(0, layers.Count).All(layer => layers.Contains($"model.layers.{layer}"));
        return everywhere ? names : paths;

        static int Position(string name) => Array.IndexOf(ModuleOrder, name) is var index and >= 0 ? index : ModuleOrder.Length;

        // "model.layers.3.mlp.up_proj" is of layer "model.layers.3".
        static string LayerOf(string path) => string.Join('.', path.Split('.').Take(3));
    }

    private static bool IsSet(JsonElement? value) => value switch
    {
        null or { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.Array } array => array.GetArrayLength() > 0,
        { ValueKind: JsonValueKind.Object } members => members.EnumerateObject().Any(),
        _ => true,
    };
}
