using Unlearning.Engine;
using Unlearning.Engine.Inference;
using static TorchSharp.torch;

namespace Unlearning.Benchmarks.Rows;

/// <summary>The step and decoding on the device that <c>--device</c> names, to compare a GPU with the CPU beside it.</summary>
internal sealed class OnADevice : IBenchmark
{
    private const string Step = "device_step_s", NarrowStep = "device_step_bf16_s", LargeStep = "device_step32_s", LargeNarrowStep = "device_step32_bf16_s";
    private const string Decode = "device_decode1_tokens_per_s", Decode16 = "device_decode16_tokens_per_s", Decode48 = "device_decode48_tokens_per_s";
    private const int Steps = 8, LargeSequences = 32, DecodeSteps = 24, Rounds = 4;

    private static readonly (string Name, ScalarType Type, int Sequences)[] StepRows =
    [
        (Step, ScalarType.Float32, TrainingData.Sequences), (NarrowStep, ScalarType.BFloat16, TrainingData.Sequences),
        (LargeStep, ScalarType.Float32, LargeSequences), (LargeNarrowStep, ScalarType.BFloat16, LargeSequences),
    ];

    private static readonly (string Name, int Chats)[] DecodeRows = [(Decode, 1), (Decode16, 16), (Decode48, 48)];

    public IReadOnlyList<Row> Rows { get; } =
    [
        new(Step, "s", "MOLLM step in float32 on the device that --device names", OnRequest: true),
        new(NarrowStep, "s", "the same in bf16", OnRequest: true),
        new(LargeStep, "s", "the same in float32 with 32 sequences of each batch in place of 4", OnRequest: true),
        new(LargeNarrowStep, "s", "the same in bf16", OnRequest: true),
        new(Decode, "tokens/s", "decode rate of one chat on that device, in float32", OnRequest: true),
        new(Decode16, "tokens/s", "that of 16 chats, all together", OnRequest: true),
        new(Decode48, "tokens/s", "that of 48 chats, as an evaluation has them", OnRequest: true),
    ];

    public async Task<IReadOnlyList<Figure>> MeasureAsync(Session session, IReadOnlySet<string> wanted)
    {
        SessionOptions options = session.Options;
        List<Figure> figures = [];
        foreach ((string name, ScalarType type, int sequences) in StepRows.Where(row => wanted.Contains(row.Name)))
        {
            StepOutcome outcome = await StepProcess.RunAsync(
                session.ModelFile, type, sequences, Steps, memoryMb: 0, options.Threads, device: options.Device).ConfigureAwait(false);
            figures.Add(new Figure(name, outcome.Seconds, options.Device));
        }

        if (!wanted.Overlaps(DecodeRows.Select(row => row.Name)))
            return figures;
        using LlamaEngine engine = await LlamaEngine.LoadAsync(
            new EngineOptions { Model = options.Model, Type = Session.EngineName(ScalarType.Float32), Threads = options.Threads, Device = options.Device }).ConfigureAwait(false);
        foreach ((string name, int chats) in DecodeRows.Where(row => wanted.Contains(row.Name)))
        {
            double[] seconds = await Timing.InTurnsAsync(
                Rounds,
                () => Chats.AnswerAsync(engine, Chats.Stories(chats), 1),
                () => Chats.AnswerAsync(engine, Chats.Stories(chats), 1 + DecodeSteps)).ConfigureAwait(false);
            figures.Add(new Figure(name, chats * DecodeSteps / (seconds[1] - seconds[0]), options.Device));
        }

        return figures;
    }
}
