using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Services;
using Unlearning.Plugin.Serving;

namespace Unlearning.Plugin.Capture;

/// <summary>Captures every call that passes to a connector's own chat completion service.</summary>
/// <remarks>
/// Such a service runs its tool loop inside itself, so one call is one interaction, ending with the final answer. When a decorated
/// <see cref="IChatClient"/> lies beneath it, that one captures instead.
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
        IReadOnlyList<ChatMessageContent> choices = [];
        bool complete = false;
        try
        {
            call.Enter();
            choices = await _inner
                .GetChatMessageContentsAsync(chatHistory, executionSettings, kernel, cancellationToken).ConfigureAwait(false);
            complete = true;
            return choices;
        }
        finally
        {
            string answer = string.Join('\n', choices.Select(choice => choice.Content));
            ChatMessageContent? last = choices.Count > 0 ? choices[^1] : null;
            await EndAsync(call, answer, complete, last?.ModelId, last?.Metadata, executionSettings).ConfigureAwait(false);
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
        SortedDictionary<int, StringBuilder> choices = [];
        StreamingChatMessageContent? last = null;
        bool complete = false;
        try
        {
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

                    text.Append(last.Content);
                    yield return last;
                }
            }

            complete = true;
        }
        finally
        {
            string answer = string.Join('\n', choices.Values);
            await EndAsync(call, answer, complete, last?.ModelId, last?.Metadata, executionSettings).ConfigureAwait(false);
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

    private ValueTask EndAsync(
        ModelCall call,
        string answer,
        bool complete,
        string? modelId,
        IReadOnlyDictionary<string, object?>? metadata,
        PromptExecutionSettings? settings) =>
        call.EndAsync(
            answer,
            complete,
            modelId ?? settings?.ModelId ?? this.GetModelId(),
            metadata?.GetValueOrDefault(ModelSlot.ReleaseKey) as string);
}
