using LLama;
using LLama.Common;
using LLama.Native;

namespace Unlearning.Engine.Tests.Weights;

/// <summary>What llama.cpp computes from a GGUF model, with an adapter or without: float32 keys and values, plain attention.</summary>
internal sealed class LlamaCppLogits : IDisposable
{
    private readonly ModelParams _settings;
    private readonly LLamaWeights _weights;

    public LlamaCppLogits(string model)
    {
        // Its log is long; what it has to say about a failure is in the exception too.
        if (!NativeLibraryConfig.LLama.LibraryHasLoaded)
            NativeLibraryConfig.All.WithLogCallback(static (_, _) => { });
        _settings = new(model)
        {
            ContextSize = 256,
            GpuLayerCount = 0,
            Threads = 1,
            BatchThreads = 1,
            TypeK = GGMLType.GGML_TYPE_F32,
            TypeV = GGMLType.GGML_TYPE_F32,
            FlashAttention = false,
        };
        _weights = LLamaWeights.LoadFromFile(_settings);
    }

    /// <summary>The logits at every position, one array each.</summary>
    /// <param name="adapter">A GGUF adapter, or null.</param>
    /// <param name="ids">Token ids.</param>
    public float[][] Of(string? adapter, int[] ids)
    {
        using var context = _weights.CreateContext(_settings);
        if (adapter is not null)
            context.NativeHandle.SetLoraAdapters([(_weights.NativeHandle.LoadLoraFromFile(adapter), 1f)]);
        var batch = new LLamaBatch();
        for (var i = 0; i < ids.Length; i++)
            batch.Add(ids[i], i, LLamaSeqId.Zero, true);
        Assert.Equal(DecodeResult.Ok, context.NativeHandle.Decode(batch));
        return [.. Enumerable.Range(0, ids.Length).Select(i => context.NativeHandle.GetLogitsIth(i).ToArray())];
    }

    public void Dispose() => _weights.Dispose();
}
