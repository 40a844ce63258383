using Unlearning.Engine;
using Unlearning.Engine.Inference;
using Unlearning.Engine.Models;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Benchmarks;

/// <summary>What the rows of one run share: the options, the machine's limits, and the loaded model and peer.</summary>
internal sealed class Session(SessionOptions options, TextWriter progress) : IDisposable
{
    /// <summary>Tokens of one training batch: 4 sequences of 128.</summary>
    public const int BatchTokens = TrainingData.Sequences * TrainingData.Length;

    // Seconds.
    private const double LongestStep = 20;

    private readonly Dictionary<ScalarType, double> _gemm = [];
    private LlamaEngine? _engine;
    private LlamaCpp? _peer;
    private double? _stream;

    /// <summary>The command line's settings.</summary>
    public SessionOptions Options => options;

    /// <summary>The default model's GGUF file.</summary>
    public string ModelFile { get; } = Directory.GetFiles(options.Model, "*.gguf").Single();

    /// <summary>The default model's shape.</summary>
    public LlamaConfig Config { get; } = ReadConfig(options.Model);

    /// <summary>Memory stream rate, bytes/s.</summary>
    public double StreamRate => _stream ??= Machine.StreamRate();

    /// <summary>Type that the serving rows compute in: the one whose products are faster here.</summary>
    public ScalarType ServingType => GemmRate(ScalarType.BFloat16) > GemmRate(ScalarType.Float32) ? ScalarType.BFloat16 : ScalarType.Float32;

    /// <summary>Rate of matrix products at the default model's shapes, flop/s.</summary>
    public double GemmRate(ScalarType type) =>
        _gemm.TryGetValue(type, out double rate) ? rate : _gemm[type] = Machine.GemmRate(Config, 3 * BatchTokens, type);

    /// <summary>
    /// Sequences of each objective in a timed step: where bf16 has no instructions of its own, a whole step takes minutes, and one
    /// sequence tells the ratio too.
    /// </summary>
    public int TimedSequences(ScalarType type) =>
        TrainingData.Flops(Parameters.InProducts(Config), BatchTokens) / GemmRate(type) < LongestStep ? TrainingData.Sequences : 1;

    /// <summary>The default model, ready to serve; loaded once.</summary>
    public async Task<LlamaEngine> EngineAsync() => _engine ??= await LoadAsync(ServingType).ConfigureAwait(false);

    /// <summary>llama.cpp on the same file; loaded once.</summary>
    public LlamaCpp Peer() => _peer ??= new LlamaCpp(ModelFile, options.Threads);

    /// <summary>Loads the default model in another type; the caller disposes it.</summary>
    public Task<LlamaEngine> LoadAsync(ScalarType type) =>
        LlamaEngine.LoadAsync(new EngineOptions { Model = options.Model, Type = EngineName(type), Threads = options.Threads });

    /// <summary>Tells the person at the terminal what is being done.</summary>
    public void Report(string what) => progress.WriteLine(what);

    public void Dispose()
    {
        _engine?.Dispose();
        _peer?.Dispose();
    }

    /// <summary>A type's name in <see cref="EngineOptions.Type"/>.</summary>
    public static string EngineName(ScalarType type) => type == ScalarType.BFloat16 ? "bfloat16" : "float32";

    private static LlamaConfig ReadConfig(string model)
    {
        using ICheckpoint checkpoint = Checkpoint.Open(model);
        return checkpoint.Config;
    }
}
