using System.Threading.Channels;
using Unlearning.Engine.Inference.Rows;
using Unlearning.Engine.Models;
using Unlearning.Engine.Text;
using Unlearning.Engine.Weights;
using static TorchSharp.torch;

namespace Unlearning.Engine.Inference;

/// <summary>
/// The local Llama: one frozen base in memory, one thread that owns its tensors, shared by live chat, evaluation and training.
/// All methods are thread-safe.
/// </summary>
public sealed class LlamaEngine : IDisposable
{
    private readonly EngineThread _thread;
    private readonly RowDecoder? _decoder;
    private readonly PrefixCache _prefixes;
    private readonly ChatScheduler _chats;
    private readonly EngineOptions _options;
    private readonly IReadOnlySet<int> _stopTokens;

    private LlamaEngine(EngineOptions options, EngineThread thread, LlamaModel model, Tokenizer tokenizer, ChatTemplate template, ICheckpoint checkpoint)
    {
        _options = options;
        _thread = thread;
        Model = model;
        Tokenizer = tokenizer;
        Template = template;
        BaseHash = checkpoint.ContentHash();
        Name = System.IO.Path.GetFileNameWithoutExtension(System.IO.Path.TrimEndingDirectorySeparator(checkpoint.Path));
        _stopTokens = template.StopTokens(tokenizer).Concat(checkpoint.EndTokens).ToHashSet();
        _decoder = RowDecoder.TryCreate(model, checkpoint);
        _prefixes = new PrefixCache(model);
        _chats = new ChatScheduler(new DecodeBatch(model, _prefixes, _decoder), options.MaximumChats);
        thread.ServeChat(_chats.Step);
    }

    /// <summary>What a training step may take, see <see cref="EngineOptions.TrainingMemoryMb"/>.</summary>
    public int TrainingMemoryMb => _options.TrainingMemoryMb;

    /// <summary>The frozen base; touch it only inside <see cref="RunAsync"/>.</summary>
    public LlamaModel Model { get; }

    /// <summary>The model's tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>The model's chat template.</summary>
    public ChatTemplate Template { get; }

    /// <summary>SHA-256 over the base's weight files, in hex.</summary>
    public string BaseHash { get; }

    /// <summary>Name of the checkpoint, from its file or folder.</summary>
    public string Name { get; }

    /// <summary>Loads the configured checkpoint with its tokenizer and template.</summary>
    /// <exception cref="CheckpointException">The checkpoint cannot be used; the message names file, cause and fix.</exception>
    /// <exception cref="ArgumentException">There is no such device or type; the message names the setting.</exception>
    public static async Task<LlamaEngine> LoadAsync(EngineOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        EngineThread thread = new();
        try
        {
            return await thread.RunAsync(() => Load(options, thread), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            thread.Dispose();
            throw;
        }
    }

    /// <summary>Opens the base's files once more, to read its weights as they are stored. The caller disposes it.</summary>
    public ICheckpoint OpenBase() => Checkpoint.Open(_options.Model);

    /// <summary>Loads another model beside this one, which computes as this one does. The caller disposes it.</summary>
    /// <param name="model">A GGUF file or a folder.</param>
    /// <param name="cancellationToken">Cancels the loading before it starts.</param>
    /// <exception cref="CheckpointException">The model cannot be used.</exception>
    public Task<LlamaEngine> LoadBesideAsync(string model, CancellationToken cancellationToken = default) =>
        LoadAsync(_options.For(model), cancellationToken);

    /// <summary>Runs a job on the engine thread, where the model's tensors may be used; chat is served at each pause.</summary>
    /// <param name="job">Gets the pause to call between slices of work.</param>
    /// <param name="cancellationToken">Cancels the job before it starts.</param>
    public Task<T> RunAsync<T>(Func<Action, T> job, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        return _thread.RunAsync(() => job(_thread.Pause), cancellationToken);
    }

    /// <summary>
    /// Greedy answers to <paramref name="prompts"/>, through the same template, model and decoding as live chat, but in batches
    /// of their own: they repeat bit for bit.
    /// </summary>
    /// <param name="prompts">User messages.</param>
    /// <param name="adapter">The release's adapter; null for the base.</param>
    /// <param name="settings">How to generate.</param>
    /// <param name="progress">Gets the number of finished answers.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public async Task<IReadOnlyList<string>> AnswerAsync(
        IReadOnlyList<string> prompts,
        LoraAdapter? adapter,
        GenerationSettings settings,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        GenerationSequence[] sequences = [.. prompts.Select(prompt => Start([new ChatTurn("user", prompt)], adapter, settings))];

        // Prompts of like length join together, so that little padding is computed.
        Queue<GenerationSequence> waiting = new(sequences.OrderBy(sequence => sequence.Rest.Length));
        DecodeBatch batch = new(Model, _prefixes, _decoder);
        try
        {
            for (int done = 0; done < sequences.Length;)
            {
                await RunAsync(pause => Decode(batch, waiting, pause, cancellationToken), cancellationToken).ConfigureAwait(false);
                done = sequences.Count(sequence => sequence.Finished is not null);
                progress?.Report(done);
            }
        }
        finally
        {
            BetweenSteps(batch.Dispose);
        }

        return [.. sequences.Select(sequence => sequence.Text)];
    }

    /// <summary>Likelihood of given answers, one for each example.</summary>
    public async Task<IReadOnlyList<AnswerLikelihood>> ScoreAsync(
        IReadOnlyList<AnswerExample> examples, LoraAdapter? adapter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(examples);
        Dictionary<AnswerExample, AnswerLikelihood> scores = new(ReferenceEqualityComparer.Instance);
        foreach (AnswerExample[] batch in examples.OrderBy(example => example.Ids.Count).Chunk(16))
        {
            IReadOnlyList<AnswerLikelihood> batchScores =
                await RunAsync(pause => Likelihood.Of(Model, batch, adapter, pause), cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < batch.Length; i++)
                scores[batch[i]] = batchScores[i];
        }

        return [.. examples.Select(example => scores[example])];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _thread.Dispose();
        _chats.Dispose();
        _prefixes.Dispose();
        _decoder?.Dispose();
        Model.Dispose();
    }

    /// <summary>Starts a live chat; its text arrives through the reader, its outcome is in the sequence.</summary>
    internal (GenerationSequence Sequence, ChannelReader<string> Shown) Chat(
        IReadOnlyList<ChatTurn> turns, LoraAdapter? adapter, GenerationSettings settings, CancellationToken cancellationToken)
    {
        GenerationSequence sequence = Start(turns, adapter, settings);
        Channel<string> shown = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        _chats.Submit(new ChatRequest(sequence, shown.Writer, cancellationToken));
        _thread.Wake();
        return (sequence, shown.Reader);
    }

    /// <summary>Disposes an adapter between two steps, when no step can be reading it.</summary>
    internal void Release(LoraAdapter adapter) => BetweenSteps(() =>
    {
        _prefixes.Drop(adapter);
        adapter.Dispose();
    });

    private static LlamaEngine Load(EngineOptions options, EngineThread thread)
    {
        TorchThreads.Configure(options.Threads);
        using ICheckpoint checkpoint = Checkpoint.Open(options.Model);
        Tokenizer tokenizer = Tokenizer.FromCheckpoint(checkpoint);
        ChatTemplate template = ChatTemplate.Choose(options.ChatTemplate, checkpoint);
        if (template.StopTokens(tokenizer).Count == 0)
            throw new CheckpointException(
                checkpoint.Path, $"its tokenizer has no token that ends a turn of the {template.Name} template", ChatTemplate.HowToChoose);
        Device device = ComputeDevice.Open(options.Device);
        WeightPlan plan = WeightPlan.For(options, checkpoint.Config, ComputeDevice.Memory(device));
        LlamaModel model = plan.Streamed
            ? LlamaModel.Load(Checkpoint.Open(options.Model), plan.Type, device, streamed: true)
            : LlamaModel.Load(checkpoint, plan.Type, device);
        return new LlamaEngine(options, thread, model, tokenizer, template, checkpoint);
    }

    private GenerationSequence Start(IReadOnlyList<ChatTurn> turns, LoraAdapter? adapter, GenerationSettings settings)
    {
        settings.Validate();
        int[] prompt = Template.Encode(turns, addGenerationPrompt: true, Tokenizer);
        if (prompt.Length + settings.MaximumTokens > Model.Config.MaxPositions)
            throw new ContextLengthException(prompt.Length, settings.MaximumTokens, Model.Config.MaxPositions);
        return new GenerationSequence(prompt, settings, Tokenizer, _stopTokens, adapter, SharedLength(turns, prompt));
    }

    /// <summary>Tokens that the prompt shares with every conversation under the same system message: those before the first question.</summary>
    private int SharedLength(IReadOnlyList<ChatTurn> turns, int[] prompt)
    {
        ChatTurn question = new("user", "");
        int[] opening = Template.Encode(turns[0].Role == "system" ? [turns[0], question] : [question], addGenerationPrompt: false, Tokenizer);
        int shared = Math.Min(prompt.AsSpan().CommonPrefixLength(opening), prompt.Length - 1);
        return shared is >= PrefixCache.LeastTokens and <= PrefixCache.MostTokens ? shared : 0;
    }

    /// <summary>Some decode steps of an evaluation; other jobs may go between two calls.</summary>
    private bool Decode(DecodeBatch batch, Queue<GenerationSequence> waiting, Action pause, CancellationToken cancellationToken)
    {
        const int Steps = 16;
        for (int step = 0; step < Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int free = _options.EvaluationBatch - batch.Count;
            if (waiting.Count > 0 && free >= Math.Max(1, _options.EvaluationBatch / 4))
                batch.Join([.. Enumerable.Range(0, Math.Min(free, waiting.Count)).Select(_ => waiting.Dequeue())], Accept, pause);
            pause();
            batch.Step(Accept);
        }

        return true;

        static void Accept(GenerationSequence sequence, SampledToken token) => sequence.Accept(token);
    }

    private void BetweenSteps(Action dispose)
    {
        try
        {
            _ = _thread.RunAsync(() =>
            {
                dispose();
                return true;
            });
        }
        catch (ObjectDisposedException)
        {
            // The engine has stopped: nothing reads the tensors any more.
            dispose();
        }
    }
}
