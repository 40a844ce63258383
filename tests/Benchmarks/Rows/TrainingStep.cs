using static TorchSharp.torch;

namespace Unlearning.Benchmarks.Rows;

/// <summary>Time of a training step over the time of its matrix products.</summary>
internal sealed class TrainingStep : IBenchmark
{
    private const string BFloat16 = "mollm_step_over_gemm", Float32 = "mollm_step_fp32_over_gemm", Rate = "training_tokens_per_s";
    private const string First = "mollm_first_step_fp32_over_gemm";
    private const int Steps = 6;

    public IReadOnlyList<Row> Rows { get; } =
    [
        new(BFloat16, "ratio", "MOLLM step, bf16, over 14 N T flops at the GEMM rate", new Goal(1.5), 2.84, "transformers + PEFT; hand-written PyTorch 2.1-2.5"),
        new(Float32, "ratio", "the same in float32", new Goal(1.5), 1.70, "transformers + PEFT"),
        new(First, "ratio", "the same where the step's batch is new and its reference states are still to be computed"),
        new(Rate, "tokens/s", "tokens of all three batches over the time of the float32 step"),
    ];

    public async Task<IReadOnlyList<Figure>> MeasureAsync(Session session, IReadOnlySet<string> wanted)
    {
        List<Figure> figures = [];
        if (wanted.Overlaps([Float32, First, Rate]))
        {
            StepOutcome outcome = await MeasureAsync(session, ScalarType.Float32, TrainingData.Sequences).ConfigureAwait(false);
            figures.AddRange([new(Float32, outcome.OverGemm), new(First, outcome.FirstOverGemm), new(Rate, 3 * Session.BatchTokens / outcome.Seconds)]);
        }

        if (wanted.Contains(BFloat16))
        {
            int sequences = session.TimedSequences(ScalarType.BFloat16);
            StepOutcome outcome = await MeasureAsync(session, ScalarType.BFloat16, sequences).ConfigureAwait(false);
            figures.Add(new Figure(BFloat16, outcome.OverGemm,
                sequences == TrainingData.Sequences ? "" : $"with {sequences} sequence of each batch: this machine has no fast bf16"));
        }

        return figures;
    }

    private static Task<StepOutcome> MeasureAsync(Session session, ScalarType type, int sequences) =>
        StepProcess.RunAsync(session.ModelFile, type, sequences, Steps, memoryMb: 0, session.Options.Threads);
}
