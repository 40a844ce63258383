using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Services;

namespace Unlearning.Plugin.Capture;

/// <summary>Captures every call that passes to a connector's own chat completion service.</summary>
/// <remarks>
/// Such a service runs its tool loop inside itself, so one call is one interaction, ending with the final answer. When a decorated
/// <see cref="IChatClient"/> lies beneath it, that one captures instead. What the caller gets changes only where a policy warns or refuses.
/// </remarks>
public sealed class SafetyCaptureChatCompletionService : IChatCompletionService, IDisposable, IAsyncDisposable
{
    private readonly IChatCompletionService _inner;
    private readonly InteractionRecorder _recorder;
    private readonly bool _leaveOpen;

    /// <summary>Wraps <paramref name="inner"/>.</summary>
    /// <param name="inner">The service to capture.</param>
    /// <param name="recorder">Judges and reports what is captured.</param>
    /// <param name="leaveOpen">Whether someone else disposes <paramref name="inner"/>; by default the decorator does.</param>
    public SafetyCaptureChatCompletionService(IChatCompletionService inner, InteractionRecorder recorder, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(recorder);
        _inner = inner;
        _recorder = recorder;
        _leaveOpen = leaveOpen;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Attributes => _inner.Attributes;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ChatMessageContent>> GetChatMessageContentsAsync(
        ChatHistory chatHistory,
        PromptExecutionSettings? executionSettings = null,
        Kernel? kernel = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chatHistory);
        ModelCall call = ModelCall.Begin(_recorder, chatHistory.Select(message => message.ToChatMessage()), streaming: false, kernel);
        int given = chatHistory.Count;
        if (call.Enforcement is { Input: { } ruling })
        {
            ChatMessageContent refusal = call.Enforcement.RefuseMessage(ruling, ModelIdOf(null, executionSettings));
            await call.EndAsync("", complete: true, refusal.ModelId, releaseId: null).ConfigureAwait(false);
            return [refusal];
        }

        IReadOnlyList<ChatMessageContent> choices = [];
        bool complete = false;
        try
        {
            call.Enter();
            choices = await _inner
                .GetChatMessageContentsAsync(chatHistory, executionSettings, kernel, cancellationToken).ConfigureAwait(false);
            complete = true;
            return call is { Enforcement: { } enforcement, EnforcedInside: false } ? enforcement.Apply(choices) : choices;
        }
        finally
        {
            string[] answers = [.. choices.Select(CapturedText.Of)];
            string[] reasoning = [.. choices.Select(CapturedText.OfReasoning).Where(text => text.Length > 0)];
            ChatMessageContent? last = choices.Count > 0 ? choices[^1] : null;
            await call.EndAsync(
                string.Join('\n', answers),
                complete,
                ModelIdOf(last?.ModelId, executionSettings),
                AnsweredBy.Release(last?.Metadata),
                [.. answers, .. reasoning],
                ToolResultsAfter(chatHistory, given),
                AnsweredBy.ResponseId(last?.Metadata)).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StreamingChatMessageContent> GetStreamingChatMessageContentsAsync(
        ChatHistory chatHistory,
        PromptExecutionSettings? executionSettings = null,
        Kernel? kernel = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chatHistory);
        ModelCall call = ModelCall.Begin(_recorder, chatHistory.Select(message => message.ToChatMessage()), streaming: true, kernel);
        int given = chatHistory.Count;
        EnforcedStream<StreamingChatMessageContent>? enforced = call.Enforcement is { } enforcement
            ? new(ChatContentForm.Instance, call, enforcement)
            : null;
        SortedDictionary<int, StringBuilder> choices = [];
        StringBuilder reasoning = new();
        StreamingChatMessageContent? last = null;
        bool complete = false;
        try
        {
            if (call.Enforcement is { Input: { } ruling })
            {
                complete = true;
                yield return call.Enforcement.RefusePiece(ruling, ModelIdOf(null, executionSettings));
                yield break;
            }

            call.Enter();
            IAsyncEnumerator<StreamingChatMessageContent> stream = _inner
                .GetStreamingChatMessageContentsAsync(chatHistory, executionSettings, kernel, cancellationToken)
                .GetAsyncEnumerator(cancellationToken);
            await using (stream.ConfigureAwait(false))
            {
                while (true)
                {
                    call.Enter();
                    if (!await stream.MoveNextAsync().ConfigureAwait(false))
                    {
                        break;
                    }

                    last = stream.Current;
                    if (!choices.TryGetValue(last.ChoiceIndex, out StringBuilder? text))
                    {
                        choices.Add(last.ChoiceIndex, text = new StringBuilder());
                    }

                    text.Append(CapturedText.Of(last));
                    reasoning.Append(CapturedText.OfReasoning(last));
                    if (enforced is null)
                    {
                        yield return last;
                        continue;
                    }

                    foreach (StreamingChatMessageContent piece in enforced.Push(last))
                    {
                        yield return piece;
                    }
                }
            }

            complete = true;
            foreach (StreamingChatMessageContent piece in enforced?.End() ?? [])
            {
                yield return piece;
            }
        }
        finally
        {
            string[] answers = [.. choices.Values.Select(text => text.ToString())];
            await call.EndAsync(
                string.Join('\n', answers),
                complete,
                ModelIdOf(last?.ModelId, executionSettings),
                AnsweredBy.Release(last?.Metadata),
                reasoning.Length == 0 ? answers : [.. answers, reasoning.ToString()],
                ToolResultsAfter(chatHistory, given),
                AnsweredBy.ResponseId(last?.Metadata)).ConfigureAwait(false);
        }
    }

    /// <summary>Disposes the wrapped service, if it is the decorator's to dispose.</summary>
    public void Dispose()
    {
        if (!_leaveOpen)
        {
            (_inner as IDisposable)?.Dispose();
        }
    }

    /// <summary>Disposes the wrapped service, if it is the decorator's to dispose.</summary>
    /// <returns>A task that ends when it is disposed.</returns>
    public async ValueTask DisposeAsync()
    {
        if (!_leaveOpen && _inner is IAsyncDisposable inner)
        {
            await inner.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            Dispose();
        }
    }

    private string? ModelIdOf(string? answered, PromptExecutionSettings? settings) => answered ?? settings?.ModelId ?? this.GetModelId();

    // A service that runs tools itself adds what they say to the caller's history.
    private static IEnumerable<string> ToolResultsAfter(ChatHistory history, int given) =>
        history.Skip(given).SelectMany(message => CapturedText.OfToolMessage(message.ToChatMessage()));
}
