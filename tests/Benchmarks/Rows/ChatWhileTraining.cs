using System.Diagnostics;
using Microsoft.Extensions.AI;
using Unlearning.Engine.Inference;
using Unlearning.Engine.Training;

namespace Unlearning.Benchmarks.Rows;

/// <summary>How much longer a chat waits for its first token while a run trains.</summary>
internal sealed class ChatWhileTraining : IBenchmark
{
    private const string Ratio = "chat_while_training_ttft_ratio", Idle = "chat_idle_ttft_ms", Busy = "chat_while_training_ttft_ms";
    private const int Rounds = 3, ChatsPerRound = 8, PromptTokens = 128, AnswerTokens = 8;

    public IReadOnlyList<Row> Rows { get; } =
    [
        new(Ratio, "ratio", "time to first token of a 128-token chat during training over idle, medians", new Goal(3), null, "no peer serves while it trains"),
        new(Idle, "ms", "the time when nothing trains"),
        new(Busy, "ms", "the time while a run trains"),
    ];

    public async Task<IReadOnlyList<Figure>> MeasureAsync(Session session, IReadOnlySet<string> wanted)
    {
        LlamaEngine engine = await session.EngineAsync().ConfigureAwait(false);
        using UnlearningTrainer trainer = await engine.RunAsync(_ => TrainingData.Trainer(engine.Model, TrainingData.Sequences)).ConfigureAwait(false);
        using LlamaChatClient client = new(engine, adapter: null);
        Random random = new(1);
        List<double> idle = [], busy = [];
        await FirstTokenAsync(client, Chats.OfLength(engine, PromptTokens)).ConfigureAwait(false);
        for (int round = 0; round < Rounds; round++)
        {
            await ChatAsync(idle).ConfigureAwait(false);
            using CancellationTokenSource stop = new();
            Task<bool> training = engine.RunAsync(pause =>
            {
                while (!stop.IsCancellationRequested)
                {
                    trainer.Advance(() =>
                    {
                        pause();
                        stop.Token.ThrowIfCancellationRequested();
                    });
                }

                return true;
            });
            await ChatAsync(busy).ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAny(training).ConfigureAwait(false);
            if (training.IsFaulted)
                await training.ConfigureAwait(false);
            session.Report($"  round {round + 1}: idle {Timing.Median(idle) * 1e3:F0} ms, training {Timing.Median(busy) * 1e3:F0} ms");
        }

        double before = Timing.Median(idle), during = Timing.Median(busy);
        return [new Figure(Ratio, during / before), new Figure(Idle, before * 1e3), new Figure(Busy, during * 1e3)];

        async Task ChatAsync(List<double> times)
        {
            for (int i = 0; i < ChatsPerRound; i++)
            {
                // Chats come at any moment of a layer.
                await Task.Delay(random.Next(100, 400)).ConfigureAwait(false);
                string prompt = Chats.OfLength(engine, PromptTokens);
                times.Add(await FirstTokenAsync(client, prompt).ConfigureAwait(false));
            }
        }
    }

    private static async Task<double> FirstTokenAsync(LlamaChatClient client, string prompt)
    {
        long started = Stopwatch.GetTimestamp();
        double? first = null;
        await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync(
            [new ChatMessage(ChatRole.User, prompt)], new ChatOptions { Temperature = 0, MaxOutputTokens = AnswerTokens }).ConfigureAwait(false))
        {
            first ??= Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        return first ?? throw new InvalidOperationException("The chat gave no token.");
    }
}
