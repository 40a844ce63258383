using Unlearning.Engine.Inference;
using Unlearning.Engine.Training;
using static TorchSharp.torch;

namespace Unlearning.Benchmarks.Rows;

/// <summary>Time of a training step over the time of its matrix products.</summary>
internal sealed class TrainingStep : IBenchmark
{
    private const string BFloat16 = "mollm_step_over_gemm", Float32 = "mollm_step_fp32_over_gemm", Rate = "training_tokens_per_s";
    private const string First = "mollm_first_step_fp32_over_gemm";
    private const int Rounds = 3;
    private const double TimeLimit = 60;

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
            Measured measured = await MeasureAsync(session, ScalarType.Float32).ConfigureAwait(false);
            figures.AddRange([new(Float32, measured.Step / measured.Products), new(First, measured.First / measured.Products),
                new(Rate, 3 * Session.BatchTokens / measured.Step)]);
        }

        if (wanted.Contains(BFloat16))
        {
            Measured measured = await MeasureAsync(session, ScalarType.BFloat16).ConfigureAwait(false);
            figures.Add(new Figure(BFloat16, measured.Step / measured.Products,
                measured.Sequences == TrainingData.Sequences ? "" : $"with {measured.Sequences} sequence of each batch: this machine has no fast bf16"));
        }

        return figures;
    }


    private static async Task<Measured> MeasureAsync(Session session, ScalarType type)
    {
        long parameters = Parameters.InProducts(session.Config);
        int sequences = session.TimedSequences(type);
        long tokens = sequences * TrainingData.Length;
        using LlamaEngine engine = await session.LoadAsync(type).ConfigureAwait(false);
        using UnlearningTrainer trainer = await engine.RunAsync(_ => TrainingData.Trainer(engine.Model, sequences)).ConfigureAwait(false);

        double rate = 0, first = 0;
        List<double> steps = [];
        for (int round = 0; round <= Rounds && steps.Sum() < TimeLimit; round++)
        {
            StepReport step = await engine.RunAsync(pause => trainer.Advance(pause)).ConfigureAwait(false);
            session.Report($"  {Session.EngineName(type)} step {step.Step}: {step.Duration.TotalSeconds:F2} s");
            if (round == 0)
                first = step.Duration.TotalSeconds;
            else
                steps.Add(step.Duration.TotalSeconds);

            // Between the steps, so that both see the same machine; the rate is a limit, so its best counts.
            rate = Math.Max(rate, Machine.GemmRate(session.Config, 3 * tokens, type));
        }

        return new Measured(Timing.Median(steps), first, TrainingData.Flops(parameters, tokens) / rate, sequences);
    }

    private sealed record Measured(double Step, double First, double Products, int Sequences);
}
