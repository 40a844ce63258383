using System.Collections.Concurrent;

namespace Unlearning.Engine.Inference;

/// <summary>
/// Continuous batching of live chats: requests join the running batch at the next step, whatever their adapters, and leave it when
/// done. <see cref="Submit"/> is thread-safe; everything else runs on the engine thread.
/// </summary>
internal sealed class ChatScheduler(DecodeBatch batch, int maximumRows) : IDisposable
{
    // Prompts read between two decode steps; more would make running chats stutter. One prompt is always read.
    private const int AdmittedTokens = 512;

    private readonly ConcurrentQueue<ChatRequest> _waiting = [];
    private readonly Dictionary<GenerationSequence, ChatRequest> _running = [];

    public void Submit(ChatRequest request) => _waiting.Enqueue(request);

    /// <summary>Admits waiting requests and decodes one token for every running chat; false when there is nothing to do.</summary>
    public bool Step()
    {
        try
        {
            foreach (ChatRequest request in _running.Values.Where(request => request.Cancelled.IsCancellationRequested).ToArray())
                Finish(request);
            Admit();
            if (_running.Count == 0)
                return !_waiting.IsEmpty;
            batch.Step(Accept);
        }
#pragma warning disable CA1031 // A failed step fails the chats in it, not the engine.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Fail(failure);
        }

        return true;
    }

    public void Dispose() => Fail(new ObjectDisposedException(nameof(LlamaEngine)));

    private void Admit()
    {
        List<GenerationSequence> joining = [];
        int tokens = 0;
        while (_running.Count < maximumRows && tokens < AdmittedTokens && _waiting.TryDequeue(out ChatRequest? request))
        {
            if (request.Cancelled.IsCancellationRequested)
            {
                Finish(request);
                continue;
            }

            _running[request.Sequence] = request;
            joining.Add(request.Sequence);
            tokens += request.Sequence.Rest.Length;
        }

        batch.Join(joining, Accept);
    }

    private void Accept(GenerationSequence sequence, SampledToken token)
    {
        if (!_running.TryGetValue(sequence, out ChatRequest? request))
            return;
        string shown = sequence.Accept(token);
        if (shown.Length > 0)
            request.Shown.TryWrite(shown);
        if (sequence.Finished is not null)
            Finish(request);
    }

    private void Finish(ChatRequest request)
    {
        request.Sequence.Cancel();
        _running.Remove(request.Sequence);
        request.Shown.TryComplete();
    }

    private void Fail(Exception failure)
    {
        foreach (ChatRequest request in _running.Values)
        {
            request.Sequence.Cancel();
            request.Shown.TryComplete(failure);
        }

        while (_waiting.TryDequeue(out ChatRequest? request))
            request.Shown.TryComplete(failure);
        _running.Clear();
        batch.Dispose();
    }
}
