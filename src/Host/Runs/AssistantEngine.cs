using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Unlearning.Engine;
using Unlearning.Engine.Inference;
using Unlearning.Engine.Models;
using Unlearning.Engine.Weights;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Serving;

namespace Unlearning.Host.Runs;

/// <summary>The local model, loaded once when first needed, and each release's chat client on top of it.</summary>
public sealed class AssistantEngine(IOptions<EngineOptions> options, IHostEnvironment environment) : IBaseModel, IReleaseLoader, IDisposable
{
    private readonly Lock _lock = new();
    private Task<LlamaEngine>? _engine;

    /// <inheritdoc/>
    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(options.Value.Model));

    /// <summary>The engine; loads it on the first call.</summary>
    public Task<LlamaEngine> GetAsync()
    {
        lock (_lock)
        {
            // A failed load is tried again: the operator may have put the file in place meanwhile.
            if (_engine is null || _engine.IsFaulted || _engine.IsCanceled)
                _engine = LoadAsync();
            return _engine;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<string> GetHashAsync(CancellationToken cancellationToken = default) =>
        (await GetAsync().WaitAsync(cancellationToken).ConfigureAwait(false)).BaseHash;

    /// <inheritdoc/>
    public async Task<IChatClient> LoadAsync(string releaseId, string? folder, CancellationToken cancellationToken)
    {
        LlamaEngine engine = await GetAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        return new LlamaChatClient(engine, folder is null ? null : await LoadAdapterAsync(engine, folder, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Reads the adapter of a release folder; the caller disposes it.</summary>
    public static Task<LoraAdapter> LoadAdapterAsync(LlamaEngine engine, string releaseFolder, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(engine);
        return engine.RunAsync(
            _ => PeftAdapter.Load(Path.Combine(releaseFolder, "adapter"), engine.Model.Type, engine.Model.Device), cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_engine is { IsCompletedSuccessfully: true })
            _engine.Result.Dispose();
    }

    private Task<LlamaEngine> LoadAsync()
    {
        EngineOptions configured = options.Value;
        return LlamaEngine.LoadAsync(new EngineOptions
        {
            Model = Path.GetFullPath(configured.Model, environment.ContentRootPath),
            Device = configured.Device,
            Type = configured.Type,
            Threads = configured.Threads,
            TrainingMemoryMb = configured.TrainingMemoryMb,
            StreamWeights = configured.StreamWeights,
            ChatTemplate = configured.ChatTemplate,
            MaximumChats = configured.MaximumChats,
            EvaluationBatch = configured.EvaluationBatch,
        });
    }
}
