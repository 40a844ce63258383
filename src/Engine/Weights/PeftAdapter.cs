using System.Text.Json;
using Unlearning.Engine.Models;
using static TorchSharp.torch;

namespace Unlearning.Engine.Weights;

/// <summary>
/// Adapters as PEFT folders: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>. Plain LoRA of one rank and alpha,
/// which every serving engine loads.
/// </summary>
public static class PeftAdapter
{
    /// <summary>Name of the configuration file.</summary>
    public const string ConfigFile = "adapter_config.json";

    /// <summary>Name of the weights file.</summary>
    public const string WeightsFile = "adapter_model.safetensors";

    private const string Prefix = "base_model.model.";

    /// <summary>Writes both files; the same adapter gives the same bytes.</summary>
    public static void Save(string folder, LoraAdapter adapter, string baseModel)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        Directory.CreateDirectory(folder);
        Dictionary<string, Tensor> tensors = [];
        foreach ((string module, LoraPair pair) in adapter.Modules)
        {
            tensors[$"{Prefix}{module}.lora_A.weight"] = pair.A;
            tensors[$"{Prefix}{module}.lora_B.weight"] = pair.B;
        }

        Safetensors.Write(Path.Combine(folder, WeightsFile), tensors);
        string[] targets = [.. adapter.Modules.Keys.Select(module => module[(module.LastIndexOf('.') + 1)..]).Distinct().Order(StringComparer.Ordinal)];
        AtomicFile.Write(Path.Combine(folder, ConfigFile), stream =>
        {
            using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true });
            JsonSerializer.Serialize(json, new
            {
                peft_type = "LORA",
                task_type = "CAUSAL_LM",
                base_model_name_or_path = baseModel,
                inference_mode = true,
                r = adapter.Settings.Rank,
                lora_alpha = adapter.Settings.Alpha,
                lora_dropout = 0.0,
                bias = "none",
                target_modules = targets,
                fan_in_fan_out = false,
                use_rslora = false,
                use_dora = false,
                init_lora_weights = true,
            });
        });
    }

    /// <summary>Reads an adapter; the caller disposes it.</summary>
    /// <exception cref="CheckpointException">A file is missing or damaged, or the adapter is of a kind that is not supported.</exception>
    public static LoraAdapter Load(string folder, ScalarType type, Device? device = null)
    {
        string config = Path.Combine(folder, ConfigFile), weights = Path.Combine(folder, WeightsFile);
        if (!File.Exists(config) || !File.Exists(weights))
            throw new CheckpointException(folder, $"it lacks {ConfigFile} or {WeightsFile}", "Name a folder that PEFT's save_pretrained wrote");

        LoraSettings settings;
        using (JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(config)))
        {
            JsonElement root = document.RootElement;
            foreach (string refused in (string[])["use_dora", "use_rslora", "lora_bias"])
            {
                if (root.TryGetProperty(refused, out JsonElement flag) && flag.ValueKind == JsonValueKind.True)
                    throw new CheckpointException(config, $"{refused} is set, which is not supported", "Export the adapter as plain LoRA");
            }

            foreach (string refused in (string[])["rank_pattern", "alpha_pattern", "modules_to_save"])
            {
                if (root.TryGetProperty(refused, out JsonElement pattern)
                    && ((pattern.ValueKind == JsonValueKind.Object && pattern.EnumerateObject().Any())
                        || (pattern.ValueKind == JsonValueKind.Array && pattern.GetArrayLength() > 0)))
                    throw new CheckpointException(config, $"{refused} is set, which is not supported", "Export the adapter with one rank and alpha, and LoRA weights only");
            }

            if (!root.TryGetProperty("r", out JsonElement rank) || !rank.TryGetInt32(out int r) || r < 1
                || !root.TryGetProperty("lora_alpha", out JsonElement alpha) || !alpha.TryGetDouble(out double a))
                throw new CheckpointException(config, "r or lora_alpha is missing or not a positive number", "Restore the file that PEFT wrote");
            settings = new LoraSettings(r, a);
        }

        using IDisposable frozen = no_grad();
        Dictionary<string, Tensor> tensors = Safetensors.Read(weights);
        Dictionary<string, LoraPair> modules = [];
        foreach (string name in tensors.Keys.Where(name => name.EndsWith(".lora_A.weight", StringComparison.Ordinal)).ToArray())
        {
            string module = name[..^".lora_A.weight".Length];
            if (!module.StartsWith(Prefix, StringComparison.Ordinal) || !tensors.TryGetValue($"{module}.lora_B.weight", out Tensor? b))
                throw new CheckpointException(weights, $"{name} has no lora_B beside it", "Restore the file that PEFT wrote");
            modules[module[Prefix.Length..]] = new LoraPair(Place(tensors[name]), Place(b));
        }

        if (modules.Count * 2 != tensors.Count)
            throw new CheckpointException(weights, $"it holds {tensors.Count} tensors of which {modules.Count * 2} are LoRA pairs", "Export the adapter as plain LoRA");
        return new LoraAdapter(settings, modules);

        Tensor Place(Tensor read) => read.to(type).to(device ?? CPU);
    }
}
