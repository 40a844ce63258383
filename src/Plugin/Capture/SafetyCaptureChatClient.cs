using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Unlearning.Plugin.Serving;

namespace Unlearning.Plugin.Capture;

/// <summary>Captures every call that passes to the client it wraps, streaming or not, answered, abandoned or failed.</summary>
/// <remarks>
/// Put it innermost, inside function invocation, so that it sees each round trip of a tool loop. It never changes what the caller
/// gets, and never fails for reasons of its own.
/// </remarks>
public sealed class SafetyCaptureChatClient : DelegatingChatClient
{
    private readonly InteractionRecorder _recorder;

    /// <summary>Wraps <paramref name="inner"/>.</summary>
    /// <param name="inner">The client to capture.</param>
    /// <param name="recorder">Judges and reports what is captured.</param>
    public SafetyCaptureChatClient(IChatClient inner, InteractionRecorder recorder)
        : base(inner)
    {
        ArgumentNullException.ThrowIfNull(recorder);
        _recorder = recorder;
    }

    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        IReadOnlyList<ChatMessage> sent = [.. messages];
        ModelCall call = ModelCall.Begin(_recorder, sent, streaming: false);
        ChatResponse? response = null;
        try
        {
            call.Enter();
            response = await base.GetResponseAsync(sent, options, cancellationToken).ConfigureAwait(false);
            return response;
        }
        finally
        {
            await EndAsync(call, response, complete: response is not null, options).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        IReadOnlyList<ChatMessage> sent = [.. messages];
        ModelCall call = ModelCall.Begin(_recorder, sent, streaming: true);
        List<ChatResponseUpdate> updates = [];
        bool complete = false;
        try
        {
            call.Enter();
            IAsyncEnumerator<ChatResponseUpdate> stream =
                base.GetStreamingResponseAsync(sent, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
            await using (stream.ConfigureAwait(false))
            {
                while (true)
                {
                    call.Enter();
                    if (!await stream.MoveNextAsync().ConfigureAwait(false))
                    {
                        break;
                    }

                    updates.Add(stream.Current);
                    yield return stream.Current;
                }
            }

            complete = true;
        }
        finally
        {
            await EndAsync(call, updates.ToChatResponse(), complete, options).ConfigureAwait(false);
        }
    }

    private ValueTask EndAsync(ModelCall call, ChatResponse? response, bool complete, ChatOptions? options)
    {
        string answer = response?.Text ?? "";
        bool asksForTools = response?.Messages.Any(message => message.Contents.Any(content => content is FunctionCallContent)) ?? false;
        if (complete && answer.Length == 0 && asksForTools)
        {
            call.EndToolTurn();
            return ValueTask.CompletedTask;
        }

        string? modelId = response?.ModelId ?? options?.ModelId ?? this.GetService<ChatClientMetadata>()?.DefaultModelId;
        return call.EndAsync(answer, complete, modelId, response?.AdditionalProperties?.GetValueOrDefault(ModelSlot.ReleaseKey) as string);
    }
}
