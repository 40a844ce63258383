using Unlearning.Engine.Models;
using static TorchSharp.torch;

namespace Unlearning.Engine.Weights;

/// <summary>A Llama model in one GGUF file, given in Hugging Face's names and layout.</summary>
internal sealed class GgufCheckpoint : ICheckpoint
{
    private const string NormEpsilon = "llama.attention.layer_norm_rms_epsilon";

    private readonly GgufFile _file;
    private readonly HashSet<string> _names;

    /// <exception cref="CheckpointException">The file is damaged, incomplete or of an unsupported kind.</exception>
    public GgufCheckpoint(string path)
    {
        _file = new GgufFile(path);
        try
        {
            Config = ReadConfig();
            LlamaTensors.CheckConfig(Config, path);
            _names = LlamaTensors.Check(Config, path, name => _file.Tensors.GetValueOrDefault(GgufNames.FromHuggingFace(name))?.Shape);
            var known = _names.Select(GgufNames.FromHuggingFace).Append(GgufNames.RopeDivisors).ToHashSet();
            if (_file.Tensors.Keys.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
                throw LlamaTensors.Unknown(path, unknown);
        }
        catch
        {
            _file.Dispose();
            throw;
        }

        int?[] endTokens = [_file.Integer("tokenizer.ggml.eos_token_id"), _file.Integer("tokenizer.ggml.eot_token_id")];
        EndTokens = [.. endTokens.OfType<int>().Distinct()];
        ChatTemplate = _file.Text("tokenizer.chat_template");
        var tokenizer = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!, "tokenizer.json");
        TokenizerJsonPath = File.Exists(tokenizer) ? tokenizer : null;
    }

    public string Path => _file.Path;

    public LlamaConfig Config { get; }

    public IReadOnlyCollection<string> TensorNames => _names;

    public string? TokenizerJsonPath { get; }

    public string? ChatTemplate { get; }

    public IReadOnlyList<int> EndTokens { get; }

    /// <summary>What the file says beside its tensors.</summary>
    public IEnumerable<(string Key, GgufValue Value)> Metadata => _file.Metadata;

    public bool Contains(string name) => _names.Contains(name);

    public StoredTensor Stored(string name)
    {
        if (!Contains(name))
            throw new CheckpointException(Path, $"there is no tensor '{name}'", "Ask for one of TensorNames.");
        return _file.Stored(_file.Tensors[GgufNames.FromHuggingFace(name)], GgufMetadata.InterleavedHeads(Config, name));
    }

    public GgufVocabulary? ReadVocabulary() => GgufVocabulary.Read(_file);

    public string ContentHash() => WeightsHash.OfFiles([Path]);

    public void Dispose() => _file.Dispose();

    private LlamaConfig ReadConfig()
    {
        if (_file.Text("general.architecture") is not "llama" and var architecture)
            throw Unsupported($"the architecture is '{architecture ?? "not given"}'");
        var hidden = Required("llama.embedding_length");
        var heads = Required("llama.attention.head_count");
        var headDim = _file.Integer("llama.attention.key_length") ?? (heads > 0 ? hidden / heads : 0);
        if ((_file.Integer("llama.attention.value_length") ?? headDim) != headDim)
            throw Unsupported("keys and values have different sizes");
        if ((_file.Integer("llama.rope.dimension_count") ?? headDim) != headDim)
            throw Unsupported("only a part of each head is rotated");
        if (!_file.Tensors.TryGetValue("token_embd.weight", out var embedding) || embedding.Shape is not [< int.MaxValue, _])
            throw new CheckpointException(
                Path, "tensor 'token_embd.weight' is missing or not a matrix", "The file is incomplete: copy or download it again.");

        return new LlamaConfig
        {
            HiddenSize = hidden,
            IntermediateSize = Required("llama.feed_forward_length"),
            LayerCount = Required("llama.block_count"),
            HeadCount = heads,
            KeyValueHeadCount = _file.Integer("llama.attention.head_count_kv") ?? heads,
            HeadDim = headDim,
            VocabularySize = (int)embedding.Shape[0],
            MaxPositions = Required("llama.context_length"),
            RmsNormEpsilon = _file.Number(NormEpsilon) ?? throw Missing(NormEpsilon),
            RopeTheta = _file.Number("llama.rope.freq_base") ?? 10000,
            RopeScaling = ReadRopeScaling(),
            TieWordEmbeddings = !_file.Tensors.ContainsKey("output.weight"),
            AttentionBias = _file.Tensors.ContainsKey("blk.0.attn_q.bias"),
            MlpBias = _file.Tensors.ContainsKey("blk.0.ffn_gate.bias"),
        };
    }

    private RopeScaling? ReadRopeScaling()
    {
        RopeScaling? scaling = _file.Text("llama.rope.scaling.type") switch
        {
            null or "none" => null,
            "linear" => new LinearRopeScaling(_file.Number("llama.rope.scaling.factor") ?? throw Missing("llama.rope.scaling.factor")),
            var other => throw Unsupported($"the rotary scaling is '{other}'"),
        };
        if (!_file.Tensors.ContainsKey(GgufNames.RopeDivisors))
            return scaling;
        if (scaling is not null)
            throw Unsupported("the rotary frequencies are scaled twice");
        using var divisors = _file.Stored(_file.Tensors[GgufNames.RopeDivisors]).Read(ScalarType.Float64);
        return new TabulatedRopeScaling(divisors.data<double>().ToArray());
    }

    private int Required(string key) => _file.Integer(key) ?? throw Missing(key);

    private CheckpointException Missing(string key) =>
        new(Path, $"metadata '{key}' is missing", "The file is incomplete: convert the model again with a current llama.cpp.");

    private CheckpointException Unsupported(string what) => new(Path, what, "This engine runs Llama models only: use another model.");
}
