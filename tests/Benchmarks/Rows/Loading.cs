using System.Diagnostics;
using Unlearning.Engine.Inference;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Benchmarks.Rows;

/// <summary>From file to a model that answers.</summary>
internal sealed class Loading : IBenchmark
{
    private const string Load = "engine_load_s", Dequantise = "dequantise_gb_per_s";

    public IReadOnlyList<Row> Rows { get; } =
    [
        new(Load, "s", "from the shipped file to an engine that can answer"),
        new(Dequantise, "GB/s", "float32 written while the shipped Q4_1 file is widened, checks included"),
    ];

    public async Task<IReadOnlyList<Figure>> MeasureAsync(Session session, IReadOnlySet<string> wanted)
    {
        List<Figure> figures = [];
        if (wanted.Contains(Load))
        {
            double[] seconds = await Timing.InTurnsAsync(3, async () =>
            {
                using LlamaEngine engine = await session.LoadAsync(ScalarType.Float32).ConfigureAwait(false);
            }).ConfigureAwait(false);
            figures.Add(new Figure(Load, seconds[0]));
        }

        if (wanted.Contains(Dequantise))
            figures.Add(new Figure(Dequantise, Timing.Median(Enumerable.Range(0, 4).Select(_ => Rate(session.ModelFile)).Skip(1)) / 1e9));
        return figures;
    }

    private static double Rate(string path)
    {
        using ICheckpoint checkpoint = Checkpoint.Open(path);
        long started = Stopwatch.GetTimestamp();
        long bytes = 0;
        foreach (string name in checkpoint.TensorNames)
        {
            using Tensor tensor = checkpoint.Read(name, ScalarType.Float32);
            bytes += tensor.numel() * sizeof(float);
        }

        return bytes / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
