using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Serving;

namespace Unlearning.Host.Tests.Releases;

/// <summary>A base model and a loader whose clients answer with the release they serve, and note what was loaded and freed.</summary>
internal sealed class FakeModel : IBaseModel, IReleaseLoader
{
    public string Name => "fake-135m";

    public string Hash { get; set; } = "base-hash";

    public Exception? Failure { get; set; }

    /// <summary>Loading waits for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>What happens before a release answers: it may fail, or take its time.</summary>
    public Func<string, Task> BeforeAnswer { get; set; } = _ => Task.CompletedTask;

    public ConcurrentQueue<string> Loaded { get; } = new();

    public ConcurrentQueue<string> Freed { get; } = new();

    /// <summary>Streams wait for it between their two parts.</summary>
    public TaskCompletionSource Stream { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What happens before the hash is known.</summary>
    public Func<Task> BeforeHash { get; set; } = () => Task.CompletedTask;

    public async ValueTask<string> GetHashAsync(CancellationToken cancellationToken = default)
    {
        await BeforeHash();
        return Hash;
    }

    public async Task<IChatClient> LoadAsync(string releaseId, string? folder, CancellationToken cancellationToken)
    {
        Assert.Equal(releaseId == Release.BaseId, folder is null);
        await Gate.WaitAsync(cancellationToken);
        if (Failure is not null)
        {
            throw Failure;
        }

        Loaded.Enqueue(releaseId);
        return new Client(this, releaseId);
    }

    private sealed class Client(FakeModel model, string releaseId) : IChatClient
    {
        private bool _freed;

        public async Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            ObjectDisposedException.ThrowIf(_freed, this);
            await model.BeforeAnswer(releaseId);
            return new ChatResponse(new ChatMessage(ChatRole.Assistant, $"I am {releaseId}"));
        }

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, "I am ");
            await model.Stream.Task.WaitAsync(cancellationToken);
            ObjectDisposedException.ThrowIf(_freed, this);
            yield return new ChatResponseUpdate(ChatRole.Assistant, releaseId);
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => serviceType.IsInstanceOfType(this) ? this : null;

        public void Dispose()
        {
            _freed = true;
            model.Freed.Enqueue(releaseId);
        }
    }
}
