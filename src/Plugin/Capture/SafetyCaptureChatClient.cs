using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Unlearning.Plugin.Capture;

/// <summary>Captures every call that passes to the client it wraps, streaming or not, answered, abandoned or failed.</summary>
/// <remarks>
/// Put it innermost, inside function invocation, so that it sees each round trip of a tool loop. What the caller gets changes only
/// where a policy warns or refuses; it never fails for reasons of its own.
/// </remarks>
public sealed class SafetyCaptureChatClient : DelegatingChatClient
{
    private readonly InteractionRecorder _recorder;
    private readonly bool _leaveOpen;

    /// <summary>Wraps <paramref name="inner"/>.</summary>
    /// <param name="inner">The client to capture.</param>
    /// <param name="recorder">Judges and reports what is captured.</param>
    /// <param name="leaveOpen">Whether someone else disposes <paramref name="inner"/>; by default the decorator does.</param>
    public SafetyCaptureChatClient(IChatClient inner, InteractionRecorder recorder, bool leaveOpen = false)
        : base(inner)
    {
        ArgumentNullException.ThrowIfNull(recorder);
        _recorder = recorder;
        _leaveOpen = leaveOpen;
    }

    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        IReadOnlyList<ChatMessage> sent = [.. messages];
        ModelCall call = ModelCall.Begin(_recorder, sent, streaming: false);
        if (call.Enforcement is { Input: { } ruling })
        {
            ChatResponse refusal = call.Enforcement.Refuse(ruling, ModelIdOf(null, options));
            await EndAsync(call, null, complete: true, options).ConfigureAwait(false);
            return refusal;
        }

        ChatResponse? response = null;
        try
        {
            call.Enter();
            response = await base.GetResponseAsync(sent, options, cancellationToken).ConfigureAwait(false);
            return call is { Enforcement: { } enforcement, EnforcedInside: false } ? enforcement.Apply(response) : response;
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
        EnforcedStream<ChatResponseUpdate>? enforced = call.Enforcement is { } enforcement
            ? new(ChatUpdateForm.Instance, call, enforcement)
            : null;
        bool complete = false;
        try
        {
            if (call.Enforcement is { Input: { } ruling })
            {
                complete = true;
                yield return call.Enforcement.RefuseStream(ruling, ModelIdOf(null, options));
                yield break;
            }

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
                    if (enforced is null)
                    {
                        yield return stream.Current;
                        continue;
                    }

                    foreach (ChatResponseUpdate update in enforced.Push(stream.Current))
                    {
                        yield return update;
                    }
                }
            }

            complete = true;
            foreach (ChatResponseUpdate update in enforced?.End() ?? [])
            {
                yield return update;
            }
        }
        finally
        {
            await EndAsync(call, updates.ToChatResponse(), complete, options, updates.LastOrDefault()?.RawRepresentation).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => base.Dispose(disposing && !_leaveOpen);

    private ValueTask EndAsync(ModelCall call, ChatResponse? response, bool complete, ChatOptions? options, object? raw = null)
    {
        string answer = response?.Text ?? "";
        bool asksForTools = response?.Messages.Any(message => message.Contents.Any(content => content is FunctionCallContent)) ?? false;
        if (complete && answer.Length == 0 && asksForTools)
        {
            call.EndToolTurn();
            return ValueTask.CompletedTask;
        }

        return call.EndAsync(
            answer,
            complete,
            ModelIdOf(response, options),
            response is null ? null : ReleaseOf(response) ?? AnsweredBy.Release(raw ?? response.RawRepresentation),
            response is null ? null : PartsOf(response),
            response?.Messages.SelectMany(CapturedText.OfToolMessage),
            response?.ResponseId);
    }

    private string? ModelIdOf(ChatResponse? response, ChatOptions? options) =>
        response?.ModelId ?? options?.ModelId ?? this.GetService<ChatClientMetadata>()?.DefaultModelId;

    // Updates that name their message leave their properties with it, when they are put together.
    private static string? ReleaseOf(ChatResponse response) =>
        AnsweredBy.Release(response.AdditionalProperties)
            ?? AnsweredBy.Release(response.Messages.LastOrDefault()?.AdditionalProperties);

    // Reasoning is no part of the answer, but who reads it can be harmed by it.
    private static string[] PartsOf(ChatResponse response) =>
    [
        .. response.Messages.Select(message => message.Text).Where(text => text.Length > 0),
        .. response.Messages.Select(message => CapturedText.OfReasoning(message.Contents)).Where(text => text.Length > 0),
    ];
}
