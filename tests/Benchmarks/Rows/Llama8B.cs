using static TorchSharp.torch;

namespace Unlearning.Benchmarks.Rows;

/// <summary>A step at Llama-3-8B's shape, in a process of its own, on random weights that are written to disk once.</summary>
internal sealed class Llama8B : IBenchmark
{
    private const string Time = "llama8b_step_over_gemm", Peak = "llama8b_peak_gib", QuantisedPeak = "llama8b_q4_peak_gib";
    private const double Gibibyte = 1L << 30;

    // Beside the base's weights: what is left of 20 GiB, and of 9 GiB with the weights in 4 bits.
    private const int MemoryMb = 3000;

    public IReadOnlyList<Row> Rows { get; } =
    [
        new(Time, "ratio", "Llama-3-8B's shape, MOLLM step, bf16, 3 x 128 tokens, over 14 N T flops at the GEMM rate", new Goal(1.6), OnRequest: true),
        new(Peak, "GiB", "its peak resident memory", new Goal(20), OnRequest: true, PeerNote: "does not fit naively: two 16 GB copies"),
        new(QuantisedPeak, "GiB", "the same from a Q4_0 GGUF of that shape", new Goal(9), OnRequest: true, PeerNote: "not offered by peers"),
    ];

    public async Task<IReadOnlyList<Figure>> MeasureAsync(Session session, IReadOnlySet<string> wanted)
    {
        int layers = session.Options.Layers;
        bool scaled = layers < RandomLlama.FullDepth;
        string note = scaled ? $"{layers} of {RandomLlama.FullDepth} layers" : "";
        List<Figure> figures = [];
        if (wanted.Overlaps([Time, Peak]))
        {
            string folder = RandomLlama.Safetensors(session.Options.Cache, layers, session.Report);
            StepOutcome outcome = await StepProcess.RunAsync(folder, ScalarType.BFloat16, 1, 3, MemoryMb, session.Options.Threads, streamed: true).ConfigureAwait(false);
            figures.AddRange([new(Time, outcome.OverGemm, note, scaled), new(Peak, outcome.PeakBytes / Gibibyte, note, scaled)]);
        }

        if (wanted.Contains(QuantisedPeak))
        {
            string file = RandomLlama.Gguf(session.Options.Cache, layers, session.Report);
            StepOutcome outcome = await StepProcess.RunAsync(file, ScalarType.BFloat16, 1, 1, MemoryMb, session.Options.Threads, streamed: true).ConfigureAwait(false);
            figures.Add(new(QuantisedPeak, outcome.PeakBytes / Gibibyte, note, scaled));
        }

        return figures;
    }
}
