using Unlearning.Engine.Models;
using static TorchSharp.torch;

namespace Unlearning.Engine.Weights;

/// <summary>
/// Adapters in the folder format of Hugging Face's peft: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>. What is written
/// loads in peft as plain LoRA; in vLLM and SGLang too where all modules have one rank and alpha.
/// </summary>
public static class PeftAdapter
{
    private const string WeightsFile = "adapter_model.safetensors";
    private const string NamePrefix = "base_model.model.";
    private const string SuffixOfA = ".lora_A.weight";
    private const string SuffixOfB = ".lora_B.weight";

    /// <summary>
    /// Reads an adapter. Its tensors decide which modules it changes; each has the rank and strength that <c>rank_pattern</c> and
    /// <c>alpha_pattern</c> give it. With <c>use_rslora</c> the strength alpha / sqrt(rank) is kept by giving
    /// <see cref="LoraSettings.Alpha"/> the value alpha * sqrt(rank).
    /// </summary>
    /// <param name="folder">Holds the two files.</param>
    /// <param name="dtype">The type of the tensors in memory.</param>
    /// <param name="device">Where they shall be; the CPU if not given.</param>
    /// <exception cref="CheckpointException">A file is damaged, or the adapter is more than LoRA on a Llama's linear modules.</exception>
    public static LoraAdapter Load(string folder, ScalarType dtype, Device? device = null)
    {
        var config = PeftConfig.Read(Path.Combine(folder, PeftConfig.FileName));
        using var file = new SafetensorsFile(Path.Combine(folder, WeightsFile));
        using var scope = NewDisposeScope();
        var modules = new Dictionary<string, LoraPair>();
        foreach (var name in file.Entries.Keys)
        {
            if (ModuleOf(name, SuffixOfA) is { } module)
                modules.Add(module, ReadPair(module));
            else if (ModuleOf(name, SuffixOfB) is not { } other || !file.Entries.ContainsKey($"{NamePrefix}{other}{SuffixOfA}"))
                throw Broken(WhatElse(name));
        }
        return new LoraAdapter(modules);

        LoraPair ReadPair(string module)
        {
            if (!ModuleNames.TryParseLinear(module, out _, out _))
                throw Broken($"it changes '{module}', which is none of a Llama layer's seven linear modules");
            var settings = config.SettingsOf(module);
            var (a, b) = (ReadMatrix($"{NamePrefix}{module}{SuffixOfA}"), ReadMatrix($"{NamePrefix}{module}{SuffixOfB}"));
            if (a.shape[0] == settings.Rank && b.shape[1] == settings.Rank)
                return new(a, b, settings);
            var shapes = $"[{string.Join(", ", a.shape)}] and [{string.Join(", ", b.shape)}]";
            throw Broken($"the pair of '{module}' is {shapes}, which does not fit rank {settings.Rank} of {PeftConfig.FileName}");
        }

        Tensor ReadMatrix(string name)
        {
            if (!file.Entries.TryGetValue(name, out var entry))
                throw Broken($"tensor '{name}' is missing");
            if (entry.Shape.Length != 2 || !entry.IsReal)
                throw Broken($"tensor '{name}' is no matrix of real numbers");
            var tensor = file.Read(entry);
            TensorMemory.RequireFinite(tensor, file.Path, name);
            return tensor.to(dtype, device ?? CPU);
        }

        CheckpointException Broken(string what) =>
            new(file.Path, what, "Only plain LoRA is supported: save it again without extras, or copy it again if it was cut.");
    }

    /// <summary>
    /// Writes an adapter in the types its tensors have. The same adapter and base give the same bytes. The configuration is written
    /// last, so a folder without one is unfinished.
    /// </summary>
    /// <param name="folder">Made if it is not there; the two files in it are replaced.</param>
    /// <param name="adapter">What to write.</param>
    /// <param name="baseModel">The model it changes, as servers name it.</param>
    public static void Save(string folder, LoraAdapter adapter, string baseModel)
    {
        Directory.CreateDirectory(folder);
        var tensors = new Dictionary<string, Tensor>();
        foreach (var (module, (a, b, _)) in adapter.Modules)
        {
            tensors[$"{NamePrefix}{module}{SuffixOfA}"] = a;
            tensors[$"{NamePrefix}{module}{SuffixOfB}"] = b;
        }
        Safetensors.Write(Path.Combine(folder, WeightsFile), tensors, new Dictionary<string, string> { ["format"] = "pt" });
        PeftConfig.Write(Path.Combine(folder, PeftConfig.FileName), adapter, baseModel);
    }

    /// <summary>What a tensor of no pair is a sign of: configurations have been seen that keep silent about it.</summary>
    private static string WhatElse(string name) =>
        name.Contains(".lora_magnitude_vector", StringComparison.Ordinal) ? $"tensor '{name}' is one of DoRA ('use_dora')"
        : name.EndsWith(".lora_B.bias", StringComparison.Ordinal) ? $"tensor '{name}' is a bias of the adapter ('lora_bias')"
        : !name.Contains(".lora_", StringComparison.Ordinal) ? $"tensor '{name}' is a weight saved whole ('modules_to_save')"
        : $"tensor '{name}' belongs to no pair of lora_A and lora_B";

    private static string? ModuleOf(string tensor, string suffix) =>
        tensor.Length > NamePrefix.Length + suffix.Length
            && tensor.StartsWith(NamePrefix, StringComparison.Ordinal) && tensor.EndsWith(suffix, StringComparison.Ordinal)
            ? tensor[NamePrefix.Length..^suffix.Length]
            : null;
}
