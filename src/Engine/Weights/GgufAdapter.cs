using System.Globalization;
using Unlearning.Engine.Models;
using static TorchSharp.torch;

namespace Unlearning.Engine.Weights;

/// <summary>
/// LoRA adapters in llama.cpp's GGUF form: what its <c>convert_lora_to_gguf.py</c> writes and its <c>--lora</c> loads. Tensors have GGUF
/// names, the B of queries and keys has its rows in the order of a GGUF base, and one <c>adapter.lora.alpha</c> serves all modules: the
/// strength of each is alpha / its own rank.
/// </summary>
public static class GgufAdapter
{
    private const string AlphaKey = "adapter.lora.alpha";
    private const string SuffixOfA = ".lora_a";
    private const string SuffixOfB = ".lora_b";

    /// <summary>Reads an adapter, in Hugging Face's names and order of rows. As in llama.cpp, an alpha of 0 or none means a strength of 1.</summary>
    /// <param name="path">The .gguf file.</param>
    /// <param name="config">The base's shape: the order of rows depends on its heads.</param>
    /// <param name="dtype">The type of the tensors in memory.</param>
    /// <param name="device">Where they shall be; the CPU if not given.</param>
    /// <exception cref="CheckpointException">
    /// The file is damaged, is no LoRA adapter, or changes what the base has not or this engine does not adapt.
    /// </exception>
    public static LoraAdapter Load(string path, LlamaConfig config, ScalarType dtype, Device? device = null)
    {
        using var file = new GgufFile(path);
        Require("general.type", "adapter", "it is no adapter", "Give an adapter; a whole model belongs in Engine:Model.");
        Require("adapter.type", "lora", "it is no LoRA adapter", "Only LoRA is supported: use an adapter of that kind.");
        Require("general.architecture", "llama", "it adapts no Llama", "This engine runs Llama models only: use another adapter.");
        if (file.Tensors.Count == 0)
            throw Broken("it holds no tensors");
        var alpha = file.Number(AlphaKey) ?? 0;
        if (!double.IsFinite(alpha))
            throw Broken($"'{AlphaKey}' is {alpha.ToString(CultureInfo.InvariantCulture)}");

        var known = Modules(config).ToDictionary(module => module.Tensor);
        using var scope = NewDisposeScope();
        var modules = new Dictionary<string, LoraPair>();
        foreach (var name in file.Tensors.Keys)
        {
            var isA = name.EndsWith(SuffixOfA, StringComparison.Ordinal);
            if (!isA && !name.EndsWith(SuffixOfB, StringComparison.Ordinal))
                throw Broken($"tensor '{name}' is neither a lora_a nor a lora_b");
            var changed = name[..^SuffixOfA.Length];
            if (!known.TryGetValue(changed, out var module))
            {
                throw new CheckpointException(
                    path, $"it changes '{changed}', which is none of the linear modules that the base has in its {config.LayerCount} layers",
                    "Use an adapter of this base's attention and MLP modules alone.");
            }
            if (isA)
                modules.Add(module.Path, ReadPair(module));
            else if (!file.Tensors.ContainsKey(changed + SuffixOfA))
                throw Broken($"tensor '{changed}{SuffixOfA}' is missing");
        }
        return new LoraAdapter(modules);

        LoraPair ReadPair((string Tensor, string Path, LinearModule Module) module)
        {
            var (outputs, inputs) = ModuleNames.Shape(config, module.Module);
            var a = Matrix(module.Tensor + SuffixOfA);
            var b = Matrix(module.Tensor + SuffixOfB);
            if (a.Shape[1] != inputs || b.Shape[0] != outputs || a.Shape[0] != b.Shape[1])
            {
                throw new CheckpointException(
                    path,
                    $"the pair of '{module.Tensor}' is [{string.Join(", ", a.Shape)}] and [{string.Join(", ", b.Shape)}], "
                    + $"the base's matrix [{outputs}, {inputs}]",
                    "The adapter was made for another model: use one of this base.");
            }
            var rank = checked((int)a.Shape[0]);
            return new(Read(a, 0), Read(b, InterleavedHeads(config, module.Module)), new(rank, alpha == 0 ? rank : alpha));
        }

        GgufTensor Matrix(string name) => file.Tensors.GetValueOrDefault(name) switch
        {
            null => throw Broken($"tensor '{name}' is missing"),
            { Shape: [_, _] } matrix => matrix,

            // ggml drops a trailing dimension of 1, which an A of rank 1 has.
            { Shape: [var inputs] } vector when name.EndsWith(SuffixOfA, StringComparison.Ordinal) => vector with { Shape = [1, inputs] },
            _ => throw Broken($"tensor '{name}' is no matrix"),
        };

        Tensor Read(GgufTensor tensor, int interleavedHeads) => file.Stored(tensor, interleavedHeads).Read(dtype).to(device ?? CPU);

        void Require(string key, string value, string what, string fix)
        {
            if (file.Text(key) is var found && found != value)
                throw new CheckpointException(path, $"{what} ('{key}' is {(found is null ? "not given" : $"'{found}'")})", fix);
        }

        CheckpointException Broken(string what) => new(path, what, "It is damaged or of another kind: convert the adapter again.");
    }

    /// <summary>
    /// Writes an adapter in float32; the same adapter gives the same bytes. Ranks may differ; where alphas do, the commonest is the file's
    /// and the B of each other module is multiplied by its own alpha / the file's, so that the effect is the same: exactly where that is
    /// a power of two, else to float32's rounding.
    /// </summary>
    /// <param name="path">The file to replace; its folder exists.</param>
    /// <param name="adapter">What to write.</param>
    /// <param name="config">The base's shape.</param>
    /// <param name="name">Shown by programs that list adapters.</param>
    /// <exception cref="ArgumentException">The adapter does not fit the base, or changes nothing.</exception>
    public static void Save(string path, LoraAdapter adapter, LlamaConfig config, string name)
    {
        adapter.RequireFits(config);
        if (adapter.Modules.Count == 0)
            throw new ArgumentException("The adapter changes no module, and llama.cpp loads no empty adapter.", nameof(adapter));
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var modules = Modules(config).Where(module => adapter.Modules.ContainsKey(module.Path)).ToList();
        var alpha = CommonAlpha(modules.Select(module => adapter.Modules[module.Path].Settings.Alpha));
        var tensors = new List<(string, Tensor)>();
        foreach (var (tensor, module, kind) in modules)
        {
            var (a, b, settings) = adapter.Modules[module];
            var isCommon = (float)settings.Alpha == alpha;
            var folded = isCommon ? b.to(ScalarType.Float32) : b.to(ScalarType.Float64).Times(settings.Alpha / alpha).to(ScalarType.Float32);
            tensors.Add((tensor + SuffixOfA, a.to(ScalarType.Float32)));
            tensors.Add((tensor + SuffixOfB, Interleave(folded, InterleavedHeads(config, kind))));
        }
        (string, object)[] metadata =
        [
            ("general.architecture", "llama"), ("general.type", "adapter"), ("adapter.type", "lora"), ("general.name", name),
            (AlphaKey, alpha), ("general.quantization_version", 2u),
        ];
        AtomicFile.Write(path, stream => GgufWriter.Write(stream, metadata, tensors));
    }

    // 0 would mean a strength of 1.
    private static float CommonAlpha(IEnumerable<double> alphas) => alphas
        .Select(alpha => (float)alpha)
        .Where(alpha => alpha != 0 && float.IsFinite(alpha))
        .GroupBy(alpha => alpha)
        .MaxBy(group => group.Count())?.Key ?? 1;

    private static IEnumerable<(string Tensor, string Path, LinearModule Module)> Modules(LlamaConfig config) =>
        from layer in Enumerable.Range(0, config.LayerCount)
        from module in ModuleNames.LinearModules
        let path = ModuleNames.Linear(layer, module)
        select (GgufNames.FromHuggingFace(path + ".weight"), path, module);

    private static int InterleavedHeads(LlamaConfig config, LinearModule module) => module switch
    {
        LinearModule.Query => config.HeadCount,
        LinearModule.Key => config.KeyValueHeadCount,
        _ => 0,
    };

    /// <summary>Puts the two halves of each head's rows, which Hugging Face has one after the other, in turn.</summary>
    internal static Tensor Interleave(Tensor rows, int heads) =>
        heads == 0 ? rows : rows.reshape(heads, 2, -1, rows.shape[1]).transpose(1, 2).reshape(rows.shape);
}
