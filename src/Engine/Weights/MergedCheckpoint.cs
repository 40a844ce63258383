using System.Text;
using Unlearning.Engine.Models;
using static TorchSharp.torch;

namespace Unlearning.Engine.Weights;

/// <summary>
/// A base and an adapter made into one model: a Hugging Face folder whose linear modules hold W + scale B A, to be served where adapters
/// are not. Weights pass through memory a few rows at a time, so the model may be larger than memory.
/// </summary>
/// <param name="checkpoint">The base.</param>
/// <param name="adapter">What changes it.</param>
/// <param name="settings">The type and the size of files.</param>
public sealed class MergedCheckpoint(ICheckpoint checkpoint, LoraAdapter adapter, MergeSettings? settings = null)
{
    /// <summary>What a base has beside its weights, to be taken over where it is there.</summary>
    private static readonly string[] Companions =
    [
        "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "tokenizer.model",
        "chat_template.jinja", "LICENSE", "LICENSE.txt", "LICENSE.md", "NOTICE", "USE_POLICY.md",
    ];

    private readonly MergeSettings _settings = settings ?? new();
    private readonly bool _isQuantised = checkpoint.TensorNames.Any(name => PlainType(checkpoint.Stored(name).Type) is null);

    /// <summary>
    /// Writes the folder. It appears whole, under its name, or not at all: it is filled beside its place and renamed. What a crash leaves
    /// there has no config.json until it is complete, so that nothing takes it for a model.
    /// </summary>
    /// <param name="folder">Must not be there, or be empty.</param>
    /// <param name="progress">Told how many bytes of weights of how many are written.</param>
    /// <param name="cancellationToken">Ends the writing and removes what was written.</param>
    /// <exception cref="CheckpointException">
    /// The folder is not empty, the adapter does not fit the base, or the base holds what a config.json cannot say.
    /// </exception>
    public void Write(string folder, Action<long, long>? progress = null, CancellationToken cancellationToken = default)
    {
        try
        {
            adapter.RequireFits(checkpoint.Config);
        }
        catch (ArgumentException e)
        {
            throw new CheckpointException(checkpoint.Path, e.Message.TrimEnd('.'), "Use an adapter of this base.", e);
        }

        var shards = Shards();
        var config = MergedConfig.Create(checkpoint, _settings.Type ?? (_isQuantised ? ScalarType.Float32 : null));
        AtomicFolder.Write(folder, staging =>
        {
            WriteWeights(staging, shards, progress, cancellationToken);
            CopyCompanions(staging);
            AtomicFile.Write(Path.Combine(staging, "config.json"), stream => stream.Write(config));
            cancellationToken.ThrowIfCancellationRequested();
        });
    }

    private void WriteWeights(
        string folder, List<List<SafetensorsShape>> shards, Action<long, long>? progress, CancellationToken cancellationToken)
    {
        long written = 0, total = shards.Sum(shard => shard.Sum(tensor => tensor.ByteLength));
        var fileOfTensor = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < shards.Count; i++)
        {
            var file = shards.Count == 1 ? "model.safetensors" : $"model-{i + 1:D5}-of-{shards.Count:D5}.safetensors";
            foreach (var tensor in shards[i])
                fileOfTensor[tensor.Name] = file;
            Safetensors.Write(Path.Combine(folder, file), shards[i], new Dictionary<string, string> { ["format"] = "pt" }, WriteTensor);
        }
        if (shards.Count > 1)
            MergedConfig.WriteIndex(Path.Combine(folder, "model.safetensors.index.json"), fileOfTensor, total);

        void WriteTensor(SafetensorsShape tensor, Stream stream)
        {
            var stored = checkpoint.Stored(tensor.Name);
            var pair = tensor.Name.EndsWith(".weight", StringComparison.Ordinal) ? adapter.Modules.GetValueOrDefault(tensor.Name[..^".weight".Length]) : null;
            var rowsAtOnce = Math.Max(1, MergedRows.ElementsAtOnce / Math.Max(1, stored.RowLength));
            for (var row = 0L; row < stored.Rows; row += rowsAtOnce)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var values = MergedRows.Read(stored, pair, row, Math.Min(rowsAtOnce, stored.Rows - row), tensor.Type, checkpoint.Path);
                TensorMemory.Write(stream, values);
                written += values.numel() * values.element_size();
                progress?.Invoke(written, total);
            }
        }
    }

    /// <summary>The tensors in the model's order, cut where a file would grow too large.</summary>
    private List<List<SafetensorsShape>> Shards()
    {
        var shards = new List<List<SafetensorsShape>> { new() };
        var bytes = 0L;
        foreach (var (name, shape) in LlamaTensors.Expected(checkpoint.Config))
        {
            var type = _settings.Type ?? (_isQuantised ? ScalarType.Float32 : PlainType(checkpoint.Stored(name).Type)!.Value);
            var tensor = new SafetensorsShape(name, type, shape);
            if (bytes > 0 && bytes + tensor.ByteLength > _settings.ShardBytes)
            {
                shards.Add([]);
                bytes = 0;
            }
            shards[^1].Add(tensor);
            bytes += tensor.ByteLength;
        }
        return shards;
    }

    private void CopyCompanions(string folder)
    {
        var source = Directory.Exists(checkpoint.Path) ? checkpoint.Path : Path.GetDirectoryName(Path.GetFullPath(checkpoint.Path))!;
        foreach (var name in Companions.Where(name => File.Exists(Path.Combine(source, name))))
        {
            using var original = File.OpenRead(Path.Combine(source, name));
            AtomicFile.Write(Path.Combine(folder, name), original.CopyTo);
        }
        if (File.Exists(checkpoint.Path) && checkpoint.ChatTemplate is { } template && !File.Exists(Path.Combine(folder, "chat_template.jinja")))
            AtomicFile.Write(Path.Combine(folder, "chat_template.jinja"), stream => stream.Write(Encoding.UTF8.GetBytes(template)));
    }

    /// <summary>The type that holds a stored number as it is, or null for a quantised format.</summary>
    private static ScalarType? PlainType(GgmlType type) => type switch
    {
        GgmlType.F64 => ScalarType.Float64,
        GgmlType.F32 => ScalarType.Float32,
        GgmlType.F16 => ScalarType.Float16,
        GgmlType.BF16 => ScalarType.BFloat16,
        _ => null,
    };
}
