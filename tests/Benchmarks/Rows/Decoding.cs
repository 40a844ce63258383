using Unlearning.Engine.Inference;
using static TorchSharp.torch;

namespace Unlearning.Benchmarks.Rows;

/// <summary>Decode and prefill beside llama.cpp on the same file and as many threads.</summary>
internal sealed class Decoding : IBenchmark
{
    private const string Single = "decode1_over_llamacpp", SingleRate = "decode1_tokens_per_s", PeerRate = "llamacpp_decode1_tokens_per_s";
    private const string Batch = "decode16_over_limit", BatchOfSixteenBits = "decode16_over_bf16_limit", BatchRate = "decode16_tokens_per_s";
    private const string Prefill = "prefill128_over_llamacpp", PrefillRate = "prefill128_tokens_per_s", PeerPrefillRate = "llamacpp_prefill128_tokens_per_s";
    private const int Steps = 24, Rounds = 4, PrefillRounds = 8, BatchRows = 16, PromptTokens = 128;

    public IReadOnlyList<Row> Rows { get; } =
    [
        new(Single, "ratio", "decode rate at batch 1 over llama.cpp's on the shipped Q4_1 file", new Goal(0.6, AtLeast: true), 0.19, "transformers"),
        new(SingleRate, "tokens/s", "the rate behind it"),
        new(PeerRate, "tokens/s", "llama.cpp's"),
        new(Batch, "ratio", "a 16-row decode step over max(its flops at the float32 GEMM rate, float32 weight bytes at stream rate)", new Goal(2), 6, "transformers"),
        new(BatchOfSixteenBits, "ratio", "the same step over the limit of bf16 products and weights, which it does not use"),
        new(BatchRate, "tokens/s", "the rate behind it, all rows together"),
        new(Prefill, "ratio", "prefill rate at 128 tokens over llama.cpp's", new Goal(1.9, AtLeast: true), 1.9, "llama.cpp F16 over its Q4_1"),
        new(PrefillRate, "tokens/s", "the rate behind it"),
        new(PeerPrefillRate, "tokens/s", "llama.cpp's"),
    ];

    public async Task<IReadOnlyList<Figure>> MeasureAsync(Session session, IReadOnlySet<string> wanted)
    {
        LlamaEngine engine = await session.EngineAsync().ConfigureAwait(false);
        string note = Session.EngineName(session.ServingType);
        List<Figure> figures = [];
        if (wanted.Overlaps([Single, SingleRate, PeerRate]))
        {
            (double own, double peer) = await SingleStepAsync(session, engine).ConfigureAwait(false);
            figures.AddRange([new(Single, peer / own, note), new(SingleRate, 1 / own, note), new(PeerRate, 1 / peer)]);
        }

        if (wanted.Overlaps([Batch, BatchOfSixteenBits, BatchRate]))
        {
            double step = await BatchStepAsync(engine).ConfigureAwait(false);
            figures.AddRange([new(Batch, step / Limit(session, ScalarType.Float32), note), new(BatchOfSixteenBits, step / Limit(session, ScalarType.BFloat16), note),
                new(BatchRate, BatchRows / step, note)]);
        }

        if (wanted.Overlaps([Prefill, PrefillRate, PeerPrefillRate]))
        {
            (double own, double peer) = await PrefillAsync(session, engine).ConfigureAwait(false);
            figures.AddRange(
                [new(Prefill, peer / own, note), new(PrefillRate, PromptTokens / own, note), new(PeerPrefillRate, PromptTokens / peer)]);
        }

        return figures;
    }

    // The time of one step is what a longer answer takes more than a short one, so that prefill and overheads drop out.
    private static async Task<(double Own, double Peer)> SingleStepAsync(Session session, LlamaEngine engine)
    {
        int[] ids = Chats.Encode(engine, Chats.Stories(1)[0]);
        LlamaCpp peer = session.Peer();
        double[] seconds = await Timing.InTurnsAsync(
            Rounds,
            () => Chats.AnswerAsync(engine, Chats.Stories(1), 1),
            () => Chats.AnswerAsync(engine, Chats.Stories(1), 1 + Steps),
            () => Task.Run(() => peer.Generate(ids, 0)),
            () => Task.Run(() => peer.Generate(ids, Steps))).ConfigureAwait(false);
        return ((seconds[1] - seconds[0]) / Steps, (seconds[3] - seconds[2]) / Steps);
    }

    private static async Task<double> BatchStepAsync(LlamaEngine engine)
    {
        double[] seconds = await Timing.InTurnsAsync(
            Rounds,
            () => Chats.AnswerAsync(engine, Chats.Stories(BatchRows), 1),
            () => Chats.AnswerAsync(engine, Chats.Stories(BatchRows), 1 + Steps)).ConfigureAwait(false);
        return (seconds[1] - seconds[0]) / Steps;
    }

    // Both keep the beginning that all chats share and read 128 tokens behind it.
    private static async Task<(double Own, double Peer)> PrefillAsync(Session session, LlamaEngine engine)
    {
        int[] ids = Chats.Encode(engine, Chats.OfLength(engine, PromptTokens));
        int kept = Chats.SharedTokens(engine);
        LlamaCpp peer = session.Peer();
        peer.Generate(ids, 0);
        Queue<string> prompts = new(Enumerable.Range(0, Timing.WarmUps + PrefillRounds).Select(_ => Chats.OfLength(engine, PromptTokens)));
        double[] seconds = await Timing.InTurnsAsync(
            PrefillRounds,
            () => Chats.AnswerAsync(engine, [prompts.Dequeue()], 1),
            () => Task.Run(() => peer.Generate(ids, 0, kept))).ConfigureAwait(false);
        return (seconds[0], seconds[1]);
    }

    private static double Limit(Session session, ScalarType type)
    {
        long parameters = Parameters.InProducts(session.Config), bytes = type == ScalarType.BFloat16 ? 2 : 4;
        return Math.Max(2.0 * parameters * BatchRows / session.GemmRate(type), parameters * bytes / session.StreamRate);
    }
}
