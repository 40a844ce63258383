using System.Numerics.Tensors;
using LLama;
using LLama.Common;
using LLama.Native;

namespace Unlearning.Benchmarks;

/// <summary>llama.cpp through LLamaSharp, on the CPU, greedy, with nothing between its decode call and the next token.</summary>
internal sealed class LlamaCpp : IDisposable
{
    private readonly LLamaWeights _weights;
    private readonly LLamaContext _context;

    /// <summary>Loads a GGUF file.</summary>
    public LlamaCpp(string path, int threads)
    {
        // Its log is long and goes to stderr, where the progress is.
        NativeLibraryConfig.All.WithLogCallback(static (_, _) => { });
        ModelParams settings = new(path) { ContextSize = 1024, GpuLayerCount = 0, Threads = threads, BatchThreads = threads };
        _weights = LLamaWeights.LoadFromFile(settings);
        _context = _weights.CreateContext(settings);
    }

    /// <summary>
    /// Reads <paramref name="prompt"/> behind its first <paramref name="kept"/> tokens, which stay from the call before, then
    /// decodes <paramref name="tokens"/> more, each the most probable.
    /// </summary>
    public void Generate(IReadOnlyList<int> prompt, int tokens, int kept = 0)
    {
        _context.NativeHandle.MemorySequenceRemove(LLamaSeqId.Zero, kept, -1);
        LLamaBatch batch = new();
        for (int i = kept; i < prompt.Count; i++)
            batch.Add(prompt[i], i, LLamaSeqId.Zero, i == prompt.Count - 1);
        int next = Decode(batch, prompt.Count - 1 - kept);
        for (int i = 0; i < tokens; i++)
        {
            batch.Clear();
            batch.Add(next, prompt.Count + i, LLamaSeqId.Zero, true);
            next = Decode(batch, 0);
        }
    }

    public void Dispose()
    {
        _context.Dispose();
        _weights.Dispose();
    }

    private int Decode(LLamaBatch batch, int index)
    {
        DecodeResult result = _context.NativeHandle.Decode(batch);
        if (result != DecodeResult.Ok)
            throw new InvalidOperationException($"llama.cpp could not decode a batch: {result}.");
        return TensorPrimitives.IndexOfMax<float>(_context.NativeHandle.GetLogitsIth(index));
    }
}
