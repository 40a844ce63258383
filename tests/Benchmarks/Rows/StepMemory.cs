using System.Globalization;
using static TorchSharp.torch;

namespace Unlearning.Benchmarks.Rows;

/// <summary>Peak resident memory of a process that loads the default model and trains, and nothing else.</summary>
internal sealed class StepMemory : IBenchmark
{
    private const string Peak = "mollm_peak_mb", Float32Peak = "mollm_fp32_peak_mb";
    private const string BoundedTime = "mollm_bounded_over_gemm", BoundedPeak = "mollm_bounded_peak_mb";
    private const string Growth = "mollm_1000_steps_growth_percent";
    private const double Megabyte = 1e6;

    // Beside the base's weights, as TrainingMemoryMb counts.
    private const int BoundMb = 525;

    private static readonly string Note = string.Create(CultureInfo.InvariantCulture, $"TrainingMemoryMb = {BoundMb}");

    public IReadOnlyList<Row> Rows { get; } =
    [
        new(Peak, "MB", "peak resident memory of a process that does the bf16 step", new Goal(2000), 2479, "transformers + PEFT"),
        new(Float32Peak, "MB", "the same in float32"),
        new(BoundedTime, "ratio", "the step in bounded memory over 14 N T flops at the GEMM rate", new Goal(2)),
        new(BoundedPeak, "MB", "its peak resident memory", new Goal(1200)),
        new(Growth, "%", "resident memory after 1,000 bf16 steps of one sequence each over that after 100, less 1", new Goal(3), OnRequest: true),
    ];

    public async Task<IReadOnlyList<Figure>> MeasureAsync(Session session, IReadOnlySet<string> wanted)
    {
        List<Figure> figures = [];
        if (wanted.Contains(Peak))
            figures.Add(new Figure(Peak, await PeakAsync(session, ScalarType.BFloat16).ConfigureAwait(false)));
        if (wanted.Contains(Float32Peak))
            figures.Add(new Figure(Float32Peak, await PeakAsync(session, ScalarType.Float32).ConfigureAwait(false)));
        if (wanted.Contains(BoundedPeak))
            figures.Add(new Figure(BoundedPeak, await PeakAsync(session, ScalarType.BFloat16, BoundMb).ConfigureAwait(false), Note));
        if (wanted.Contains(BoundedTime))
        {
            int sequences = session.TimedSequences(ScalarType.BFloat16);
            StepOutcome outcome = await StepProcess.RunAsync(
                session.ModelFile, ScalarType.BFloat16, sequences, 5, BoundMb, session.Options.Threads).ConfigureAwait(false);
            figures.Add(new Figure(BoundedTime, outcome.OverGemm, sequences == TrainingData.Sequences ? Note : $"{Note}, {sequences} sequence of each batch"));
        }

        if (wanted.Contains(Growth))
        {
            StepOutcome outcome = await StepProcess.RunAsync(session.ModelFile, ScalarType.BFloat16, 1, 1000, 0, session.Options.Threads).ConfigureAwait(false);
            figures.Add(new Figure(Growth, 100 * outcome.Growth));
        }

        return figures;
    }

    private static async Task<double> PeakAsync(Session session, ScalarType type, int memoryMb = 0)
    {
        StepOutcome outcome = await StepProcess.RunAsync(
            session.ModelFile, type, TrainingData.Sequences, 1, memoryMb, session.Options.Threads).ConfigureAwait(false);
        return outcome.PeakBytes / Megabyte;
    }
}
