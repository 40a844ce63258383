using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Unlearning.Engine.Inference;
using Unlearning.Engine.Models;
using Unlearning.Engine.Training;
using Unlearning.Engine.Weights;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Releases.Serving;
using Unlearning.Host.Runs;
using Unlearning.Host.Storage;
using Unlearning.Plugin.Serving;

namespace Unlearning.Benchmarks.Rows;

/// <summary>What a swap of the live release costs the streams that begin or go on meanwhile; every answer must be whole and of one release.</summary>
internal sealed class ModelSwaps : IBenchmark
{
    private const string Pause = "swap_pause_ms", UnderWay = "swap_pause_under_way_ms", Swap = "swap_ms", Engine = "swap_pause_engine_ms";

    public IReadOnlyList<Row> Rows { get; } =
    [
        new(Pause, "ms", "how much longer a stream waits for its first update while the live release is swapped: p99 over p99, 1,000 swaps, 64 streams", new Goal(5)),
        new(UnderWay, "ms", "the same of streams under way, for their next update"),
        new(Swap, "ms", "a whole swap: verified, loaded, journalled and swapped, median"),
        new(Engine, "ms", "swap_pause_ms at the median on the real engine with three adapters, 20 swaps, 4 streams"),
    ];

    public async Task<IReadOnlyList<Figure>> MeasureAsync(Session session, IReadOnlySet<string> wanted)
    {
        List<Figure> figures = [];
        if (wanted.Contains(Pause) || wanted.Contains(UnderWay) || wanted.Contains(Swap))
        {
            SoakOutcome outcome = await SoakAsync(
                new PacedLoader(), (folder, which) => File.WriteAllTextAsync(Path.Combine(folder, "adapter_model.safetensors"), which),
                i => string.Create(CultureInfo.InvariantCulture, $"message {i}"), new ChatOptions(), 1000, 64, TimeSpan.FromMilliseconds(20)).ConfigureAwait(false);
            string note = string.Create(
                CultureInfo.InvariantCulture,
                $"{outcome.Answers:#,0} answers; p50 {outcome.Pause(0.5):0.00}, p99.9 {outcome.Pause(0.999):0.00}; {outcome.FirstDuring.Length:#,0} began in swaps");
            figures.Add(new Figure(Pause, outcome.Pause(0.99), note));
            figures.Add(new Figure(UnderWay, outcome.PauseUnderWay(0.99)));
            figures.Add(new Figure(Swap, outcome.MedianSwap));
        }

        if (wanted.Contains(Engine))
        {
            LlamaEngine engine = await session.EngineAsync().ConfigureAwait(false);
            using UnlearningTrainer trainer = await engine.RunAsync(_ => TrainingData.Trainer(engine.Model, sequences: 1)).ConfigureAwait(false);
            SoakOutcome outcome = await SoakAsync(
                new EngineLoader(engine),
                (folder, _) => engine.RunAsync(_ =>
                {
                    // Each is a step further, so they differ.
                    trainer.Advance(() => { });
                    using LoraAdapter adapter = trainer.Parameters.Snapshot();
                    PeftAdapter.Save(folder, adapter, engine.Name);
                    return true;
                }),
                i => string.Create(CultureInfo.InvariantCulture, $"Count from {i}."), new ChatOptions { Temperature = 0, MaxOutputTokens = 4 },
                20, 4, TimeSpan.FromSeconds(1)).ConfigureAwait(false);
            figures.Add(new Figure(Engine, outcome.Pause(0.5), string.Create(CultureInfo.InvariantCulture, $"{outcome.Answers} answers; a swap takes {outcome.MedianSwap:0} ms")));
        }

        return figures;
    }

    private static async Task<SoakOutcome> SoakAsync<TLoader>(
        TLoader loader, Func<string, string, Task> writeAdapter, Func<int, string> prompt, ChatOptions options, int swaps, int streams, TimeSpan rest)
        where TLoader : IReleaseLoader, IBaseModel
    {
        using TemporaryDirectory folder = new();
        ServiceProvider services = new ServiceCollection().AddLogging()
            .AddSingleton(new DataFolder(folder.Path))
            .AddSingleton<IReleaseLoader>(loader)
            .AddSingleton<IBaseModel>(loader)
            .AddUnlearningReleases()
            .BuildServiceProvider();
        await using (services.ConfigureAwait(false))
        {
            Promoter promoter = services.GetRequiredService<Promoter>();
            await promoter.RestoreAsync().ConfigureAwait(false);
            string[] ids = new string[3];
            for (int i = 0; i < ids.Length; i++)
                ids[i] = await SaveAsync(services.GetRequiredService<ReleaseStore>(), loader, writeAdapter, $"{i}").ConfigureAwait(false);
            SwapSoak soak = new(services.GetRequiredService<ModelSlot>(), promoter, prompt, options);
            return await soak.RunAsync(ids, swaps, streams, rest).ConfigureAwait(false);
        }
    }

    private static async Task<string> SaveAsync(ReleaseStore store, IBaseModel baseModel, Func<string, string, Task> writeAdapter, string which)
    {
        ReleaseManifest manifest = new()
        {
            RunId = which,
            BaseModel = baseModel.Name,
            BaseModelHash = await baseModel.GetHashAsync().ConfigureAwait(false),
            Parent = Release.BaseId,
            Verdict = "pass",
        };
        Release release = await store.SaveAsync(manifest, async (staging, cancellationToken) =>
        {
            string adapter = Path.Combine(staging, "adapter");
            await File.WriteAllTextAsync(Path.Combine(adapter, "adapter_config.json"), "{}", cancellationToken).ConfigureAwait(false);
            await writeAdapter(adapter, which).ConfigureAwait(false);
            foreach ((string file, string text) in new[] { ("report.json", "{}"), ("report.md", "# Report"), ("verdicts.json", "[]") })
                await File.WriteAllTextAsync(Path.Combine(staging, file), text, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return release.Id;
    }

    private sealed class EngineLoader(LlamaEngine engine) : IReleaseLoader, IBaseModel
    {
        public string Name => engine.Name;

        public ValueTask<string> GetHashAsync(CancellationToken cancellationToken = default) => new(engine.BaseHash);

        public async Task<IChatClient> LoadAsync(string releaseId, string? folder, CancellationToken cancellationToken) => new LlamaChatClient(
            engine, folder is null ? null : await AssistantEngine.LoadAdapterAsync(engine, folder, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>A model that costs nothing and gives an update every few milliseconds, each marked with its release.</summary>
    private sealed class PacedLoader : IReleaseLoader, IBaseModel
    {
        public string Name => "paced";

        public ValueTask<string> GetHashAsync(CancellationToken cancellationToken = default) => new("paced");

        public Task<IChatClient> LoadAsync(string releaseId, string? folder, CancellationToken cancellationToken) =>
            Task.FromResult<IChatClient>(new PacedClient(releaseId));
    }

    private sealed class PacedClient(string releaseId) : IChatClient
    {
        private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(5);

        private bool _disposed;

        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            for (int i = 0; i < 16; i++)
            {
                await Task.Delay(Pace, cancellationToken).ConfigureAwait(false);
                ObjectDisposedException.ThrowIf(_disposed, this);
                yield return new ChatResponseUpdate(ChatRole.Assistant, "word ") { AuthorName = releaseId };
            }
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose() => _disposed = true;
    }
}
