using System.Collections.Concurrent;
using Unlearning.Engine.Models;

namespace Unlearning.Engine.Inference;

/// <summary>
/// Continuous batching of live chats: requests join the running batch of their adapter at the next step and leave when done.
/// <see cref="Submit"/> is thread-safe; everything else runs on the engine thread.
/// </summary>
internal sealed class ChatScheduler(LlamaModel model, int maximumRows) : IDisposable
{
    private static readonly object BaseKey = new();

    private readonly ConcurrentQueue<ChatRequest> _waiting = [];
    private readonly Dictionary<object, DecodeBatch> _batches = [];
    private readonly Dictionary<GenerationSequence, ChatRequest> _running = [];

    public void Submit(ChatRequest request) => _waiting.Enqueue(request);

    /// <summary>Admits waiting requests and decodes one token for every running chat; false when there is nothing to do.</summary>
    public bool Step()
    {
        try
        {
            Admit();
            if (_running.Count == 0)
                return !_waiting.IsEmpty;
            foreach (ChatRequest request in _running.Values.Where(request => request.Cancelled.IsCancellationRequested).ToArray())
                Finish(request);
            foreach (DecodeBatch batch in _batches.Values)
                batch.Step(Accept);
            foreach (object idle in _batches.Where(entry => entry.Value.Count == 0).Select(entry => entry.Key).ToArray())
                _batches.Remove(idle);
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
        List<ChatRequest> joining = [];
        while (_running.Count + joining.Count < maximumRows && _waiting.TryDequeue(out ChatRequest? request))
        {
            if (request.Cancelled.IsCancellationRequested)
                Finish(request);
            else
                joining.Add(request);
        }

        foreach (IGrouping<object, ChatRequest> group in joining.GroupBy(request => request.Adapter ?? BaseKey))
        {
            if (!_batches.TryGetValue(group.Key, out DecodeBatch? batch))
                _batches[group.Key] = batch = new DecodeBatch(model, group.Key as LoraAdapter);
            foreach (ChatRequest request in group)
                _running[request.Sequence] = request;
            batch.Join([.. group.Select(request => request.Sequence)], Accept);
        }
    }

    private void Accept(GenerationSequence sequence, int token)
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
        foreach (DecodeBatch batch in _batches.Values)
            batch.Dispose();
        _batches.Clear();
    }
}
