using Microsoft.Extensions.AI;
using Unlearning.Engine.Inference;
using Unlearning.Engine.Models;
using Unlearning.Engine.Text;
using Unlearning.Engine.Training;

namespace Unlearning.Engine.Tests.Inference;

[Trait("Category", "Fixtures")]
public sealed class ChatClientTests(ChatClientTests.LoadedEngine loaded) : IClassFixture<ChatClientTests.LoadedEngine>
{
    private const string Question = "Name three colours of the rainbow.";

    [SkippableFact]
    public async Task A_stream_joins_to_the_whole_answer_and_ends_with_usage_and_reason()
    {
        using LlamaChatClient client = loaded.Client();
        ChatOptions options = new() { MaxOutputTokens = 12, Temperature = 0 };
        ChatResponse whole = await client.GetResponseAsync(Question, options);
        List<ChatResponseUpdate> updates = await client.GetStreamingResponseAsync(Question, options).ToListAsync();
        ChatResponse streamed = updates.ToChatResponse();

        Assert.NotEmpty(whole.Text);
        Assert.Equal(whole.Text, streamed.Text);
        Assert.Equal(ChatFinishReason.Length, whole.FinishReason);
        Assert.Equal(ChatFinishReason.Length, streamed.FinishReason);
        Assert.Equal(12, whole.Usage!.OutputTokenCount);
        Assert.Equal(whole.Usage.InputTokenCount + 12, streamed.Usage!.TotalTokenCount);
        Assert.True(updates.Count > 3, "the answer came in one piece");
    }

    [SkippableFact]
    public async Task The_same_seed_gives_the_same_text_alone_and_among_other_chats()
    {
        using LlamaChatClient client = loaded.Client();
        ChatOptions options = new() { MaxOutputTokens = 16, Temperature = 0.9f, TopP = 0.95f, Seed = 11 };
        string alone = (await client.GetResponseAsync(Question, options)).Text;
        Task<ChatResponse>[] together = [.. Enumerable.Range(0, 6).Select(i => client.GetResponseAsync(
            i == 3 ? Question : $"Tell me {i} facts about the number {i * i}.",
            i == 3 ? options : new ChatOptions { MaxOutputTokens = 4 + 5 * i, Temperature = 1, Seed = i }))];
        Assert.Equal(alone, (await Task.WhenAll(together))[3].Text);
    }

    [SkippableFact]
    public async Task A_stop_sequence_ends_the_answer_before_it()
    {
        using LlamaChatClient client = loaded.Client();
        string full = (await client.GetResponseAsync(Question, new() { MaxOutputTokens = 24, Temperature = 0 })).Text;
        string stop = full.Substring(full.Length / 2, 5);
        ChatResponse cut = await client.GetResponseAsync(Question, new() { MaxOutputTokens = 24, Temperature = 0, StopSequences = [stop] });
        Assert.Equal(full[..full.IndexOf(stop, StringComparison.Ordinal)], cut.Text);
        Assert.Equal(ChatFinishReason.Stop, cut.FinishReason);
    }

    [SkippableFact]
    public async Task Log_probabilities_come_on_request_one_for_each_token()
    {
        using LlamaChatClient client = loaded.Client();
        ChatOptions options = new() { MaxOutputTokens = 8, Temperature = 0, AdditionalProperties = new() { ["logprobs"] = true, ["top_logprobs"] = 2 } };
        ChatResponse response = await client.GetResponseAsync(Question, options);
        var tokens = Assert.IsAssignableFrom<IReadOnlyList<TokenLogProbability>>(response.AdditionalProperties!["logprobs"]);
        Assert.Equal(8, tokens.Count);
        Assert.Equal(response.Text, string.Concat(tokens.Select(token => token.Token)));
        Assert.All(tokens, token => Assert.Equal(token.LogProbability, token.Alternatives[0].LogProbability));
        Assert.All(tokens, token => Assert.True(token.Alternatives[1].LogProbability <= token.LogProbability && token.LogProbability <= 0));
        Assert.Null((await client.GetResponseAsync(Question, new() { MaxOutputTokens = 1 })).AdditionalProperties);
    }

    [SkippableFact]
    public async Task A_prompt_that_leaves_no_room_is_refused_with_the_numbers()
    {
        using LlamaChatClient client = loaded.Client();
        ContextLengthException refused = await Assert.ThrowsAsync<ContextLengthException>(
            () => client.GetResponseAsync(Question, new() { MaxOutputTokens = 1_000_000 }));
        Assert.Contains("1000000", refused.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_reader_that_leaves_frees_its_place()
    {
        using LlamaChatClient client = loaded.Client();
        for (int i = 0; i < 2 * LoadedEngine.MaximumChats; i++)
        {
            await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync(Question, new() { MaxOutputTokens = 2000 }))
                break;
            using CancellationTokenSource gone = new();
            Task<ChatResponse> cancelled = client.GetResponseAsync(Question, new() { MaxOutputTokens = 2000 }, gone.Token);
            await gone.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        }

        Assert.Equal(2, (await client.GetResponseAsync(Question, new() { MaxOutputTokens = 2 })).Usage!.OutputTokenCount);
    }

    [SkippableFact]
    public async Task Evaluation_answers_as_chat_does_and_repeats()
    {
        using LlamaChatClient client = loaded.Client();
        string[] prompts = [Question, "What is 2 + 2?", "Write one word.", "\n", ""];
        GenerationSettings settings = new() { MaximumTokens = 10 };
        IReadOnlyList<string> answers = await loaded.Engine.AnswerAsync(prompts, null, settings);
        Assert.Equal(answers, await loaded.Engine.AnswerAsync(prompts, null, settings));
        for (int i = 0; i < prompts.Length; i++)
            Assert.Equal(answers[i], (await client.GetResponseAsync(prompts[i], new() { MaxOutputTokens = 10, Temperature = 0 })).Text);
    }

    [SkippableFact]
    public async Task An_evaluation_larger_than_its_batch_answers_every_prompt_in_order()
    {
        string[] prompts = [.. Enumerable.Range(0, 11).Select(i => $"Repeat the word {(char)('a' + i)}.")];
        GenerationSettings settings = new() { MaximumTokens = 6 };
        IReadOnlyList<string> all = await loaded.Engine.AnswerAsync(prompts, null, settings);
        Assert.Equal(11, all.Count);
        Assert.Equal((await loaded.Engine.AnswerAsync([prompts[4]], null, settings))[0], all[4]);
    }

    [SkippableFact]
    public async Task Chat_between_a_training_steps_layers_changes_neither_the_training_bytes_nor_the_answer()
    {
        using LlamaChatClient client = loaded.Client();
        ChatOptions options = new() { MaxOutputTokens = 6, Temperature = 0 };
        string alone = (await client.GetResponseAsync(Question, options)).Text;
        Task<ChatResponse> chat = Task.FromResult(new ChatResponse());
        byte[] quiet = await Train(static () => { });
        byte[] busy = await Train(() => chat = client.GetResponseAsync(Question, options));

        Assert.Equal(alone, (await chat).Text);
        Assert.Equal(quiet, busy);

        Task<byte[]> Train(Action start) => loaded.Engine.RunAsync(pause =>
        {
            int[] ids = [.. Enumerable.Range(0, 24).Select(i => 100 + 37 * i)];
            AnswerExample example = new("example", ids, [.. ids.Select((_, t) => t > 8)]);
            TrainingSettings settings = new() { Steps = 2, BatchSize = 1, LearningRate = 1e-2, Lora = new LoraSettings(4, 8), Optimizer = "adamw" };
            using UnlearningTrainer trainer = new(loaded.Engine.Model, settings, [new TrainingObjective("retain", "ce", [example])]);
            start();
            trainer.Advance(pause);
            trainer.Advance(pause);

            // The engine's thread is here, so a chat that has ended was served between layers.
            Assert.True(SpinWait.SpinUntil(() => chat.IsCompleted, TimeSpan.FromSeconds(20)), "the chat waited for the end of the job");
            return trainer.Parameters.Flat.bytes.ToArray();
        });
    }

    /// <summary>One engine for the class: loading takes longer than the tests.</summary>
    public sealed class LoadedEngine : IAsyncLifetime
    {
        public const int MaximumChats = 4;

        private LlamaEngine? _engine;

        public LlamaEngine Engine
        {
            get
            {
                Skip.If(_engine is null, "the embedded model is absent");
                return _engine!;
            }
        }

        public async Task InitializeAsync()
        {
            try
            {
                _engine = await LlamaEngine.LoadAsync(new EngineOptions { Model = Fixtures.SmolLm2, MaximumChats = MaximumChats, EvaluationBatch = 4 });
            }
            catch (SkipException)
            {
                // A fixture cannot skip; the tests that ask for the engine do.
            }
        }

        public Task DisposeAsync()
        {
            _engine?.Dispose();
            return Task.CompletedTask;
        }

        public LlamaChatClient Client() => new(Engine, null);
    }
}
