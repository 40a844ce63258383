using System.Text;
using System.Text.Json;
using Unlearning.Engine.Models;

namespace Unlearning.Engine.Weights;

/// <summary>A Llama model in a Hugging Face folder: config.json and safetensors, in one file or in shards with an index.</summary>
internal sealed class HuggingFaceCheckpoint : ICheckpoint
{
    private const string SingleFile = "model.safetensors";
    private const string IndexFile = "model.safetensors.index.json";

    private readonly List<SafetensorsFile> _files = [];
    private readonly Dictionary<string, SafetensorsFile> _fileOfTensor = [];
    private readonly HashSet<string> _names;

    /// <exception cref="CheckpointException">A file is damaged, incomplete or of an unsupported kind.</exception>
    public HuggingFaceCheckpoint(string folder)
    {
        Path = folder;
        Config = HuggingFaceConfig.Read(InFolder("config.json"));
        try
        {
            if (File.Exists(InFolder(IndexFile)))
                OpenShards();
            else
                OpenFile(SingleFile, []);
            _names = LlamaTensors.Check(Config, folder, name => _fileOfTensor.GetValueOrDefault(name)?.Entries[name].Shape);
            if (_fileOfTensor.Keys.FirstOrDefault(name => !_names.Contains(name) && !IsRedundant(name)) is { } unknown)
                throw LlamaTensors.Unknown(folder, unknown);
            EndTokens = ReadEndTokens();
            ChatTemplate = ReadChatTemplate();
        }
        catch
        {
            Dispose();
            throw;
        }
        TokenizerJsonPath = File.Exists(InFolder("tokenizer.json")) ? InFolder("tokenizer.json") : null;
    }

    public string Path { get; }

    public LlamaConfig Config { get; }

    public IReadOnlyCollection<string> TensorNames => _names;

    public string? TokenizerJsonPath { get; }

    public string? ChatTemplate { get; }

    public IReadOnlyList<int> EndTokens { get; }

    /// <summary>Whether the folder holds safetensors weights.</summary>
    public static bool IsPresent(string folder) =>
        File.Exists(System.IO.Path.Combine(folder, SingleFile)) || File.Exists(System.IO.Path.Combine(folder, IndexFile));

    public bool Contains(string name) => _names.Contains(name);

    public StoredTensor Stored(string name)
    {
        if (!Contains(name))
            throw new CheckpointException(Path, $"there is no tensor '{name}'", "Ask for one of TensorNames.");
        return _fileOfTensor[name].Stored(name);
    }

    public GgufVocabulary? ReadVocabulary() => null;

    public string ContentHash() => WeightsHash.OfFiles(_files.Select(file => file.Path));

    public void Dispose()
    {
        foreach (var file in _files)
            file.Dispose();
    }

    private string InFolder(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>A head beside tied embeddings is a copy of them; old files store the rotary frequencies, which are computed.</summary>
    private bool IsRedundant(string name) =>
        (Config.TieWordEmbeddings && name == "lm_head.weight") || name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal);

    private void OpenShards()
    {
        var index = InFolder(IndexFile);
        var shards = JsonFile.Read(index, root => root.RequiredMember("weight_map").EnumerateObject()
            .ToLookup(pair => pair.Value.GetString() ?? "", pair => pair.Name));
        foreach (var names in shards)
        {
            var shard = names.Key;
            if (shard.Length == 0 || System.IO.Path.GetFileName(shard) != shard)
                throw new CheckpointException(
                    index, $"'{shard}' is no file name", "Shards lie in the model's own folder: repair the index.");
            OpenFile(shard, names);
        }
    }

    private void OpenFile(string name, IEnumerable<string> promised)
    {
        var file = new SafetensorsFile(InFolder(name));
        _files.Add(file);
        if (promised.FirstOrDefault(tensor => !file.Entries.ContainsKey(tensor)) is { } missing)
            throw new CheckpointException(
                file.Path, $"tensor '{missing}' is missing, though the index promises it", "Copy or download the shard again.");
        foreach (var tensor in file.Entries.Keys)
        {
            if (!_fileOfTensor.TryAdd(tensor, file))
                throw new CheckpointException(file.Path, $"tensor '{tensor}' is in another shard too", "Copy or download the model again.");
        }
    }

    /// <summary>
    /// generation_config.json knows more end tokens than config.json: Llama-3 Instruct ends an answer with either of two.
    /// </summary>
    private int[] ReadEndTokens()
    {
        IEnumerable<string> files = [InFolder("generation_config.json"), InFolder("config.json")];
        return [.. files.Where(File.Exists).SelectMany(file => JsonFile.Read(file, ReadEndTokens)).Distinct()];

        static int[] ReadEndTokens(JsonElement json) => json.Member("eos_token_id") switch
        {
            null => [],
            { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(item => item.GetInt32())],
            { } single => [single.GetInt32()],
        };
    }

    private string? ReadChatTemplate()
    {
        if (File.Exists(InFolder("chat_template.jinja")))
            return Encoding.UTF8.GetString(JsonFile.ReadBytes(InFolder("chat_template.jinja")));
        if (!File.Exists(InFolder("tokenizer_config.json")))
            return null;
        return JsonFile.Read(InFolder("tokenizer_config.json"), root => root.Member("chat_template") switch
        {
            null => null,
            { ValueKind: JsonValueKind.Array } named =>
                named.EnumerateArray().FirstOrDefault(item => item.Text("name") == "default").Text("template"),
            { } template => template.GetString(),
        });
    }
}
