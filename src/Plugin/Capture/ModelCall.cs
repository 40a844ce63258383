using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace Unlearning.Plugin.Capture;

/// <summary>One call at the model boundary, from the copy of its messages to the record of its answer.</summary>
internal sealed class ModelCall
{
    private readonly InteractionRecorder _recorder;
    private readonly CallFrame _frame;
    private readonly Interaction _begun;
    private readonly bool _suppressed = CallFrame.IsSuppressed;

    private ModelCall(InteractionRecorder recorder, IReadOnlyList<ChatMessage> messages, bool streaming, Kernel? kernel)
    {
        _recorder = recorder;
        _frame = CallFrame.ForModelCall(kernel);
        _begun = recorder.Begin(_frame) with
        {
            Messages = messages,
            Prompt = messages.LastOrDefault(message => message.Role == ChatRole.User) is { } asked ? CapturedText.Of(asked) : "",
            ToolResults = CapturedText.OfToolResults(messages),
            Answer = "",
            Streaming = streaming,
        };
        Enforcement = _suppressed ? null : recorder.BeginEnforcement(_begun);
        if (Enforcement is not null)
        {
            _frame.MarkEnforced();
        }
    }

    /// <summary>Gets what the policies do to this call; null where they all only observe.</summary>
    public CallEnforcement? Enforcement { get; }

    /// <inheritdoc cref="CallFrame.EnforcedInside"/>
    public bool EnforcedInside => _frame.EnforcedInside;

    /// <summary>Begins a call with a copy of <paramref name="messages"/>: callers may change theirs while the model answers.</summary>
    public static ModelCall Begin(
        InteractionRecorder recorder, IEnumerable<ChatMessage> messages, bool streaming, Kernel? kernel = null) =>
        new(recorder, [.. messages.Select(Copy)], streaming, kernel);

    /// <inheritdoc cref="CallFrame.Enter"/>
    public void Enter() => _frame.Enter();

    /// <summary>Records how the call ended, unless a decorator nearer to the model has done so.</summary>
    /// <param name="answer">The assistant's text as far as it came, as the model gave it.</param>
    /// <param name="complete">Whether it came to its end.</param>
    /// <param name="modelId">The model that answered, if known.</param>
    /// <param name="releaseId">The release that answered, if known.</param>
    /// <param name="parts">The answer's choices, when there are several.</param>
    /// <param name="toolResults">What tools have said during the call.</param>
    public ValueTask EndAsync(
        string answer,
        bool complete,
        string? modelId,
        string? releaseId,
        IReadOnlyList<string>? parts = null,
        IEnumerable<string>? toolResults = null)
    {
        if (_frame.CapturedInside || _suppressed)
        {
            return ValueTask.CompletedTask;
        }

        _frame.MarkCaptured();
        Interaction ended = _begun with
        {
            Answer = answer,
            Complete = complete,
            ModelId = modelId,
            ReleaseId = releaseId,
            ToolResults = toolResults is null ? _begun.ToolResults : [.. _begun.ToolResults, .. toolResults],
            Refused = Enforcement is { Refused: true },
        };
        return _recorder.RecordAsync(ended, parts ?? [], Enforcement?.Policies);
    }

    /// <summary>Ends a turn in which the model only asked for tools: the answer is still to come, in a later call.</summary>
    public void EndToolTurn() => _frame.MarkCaptured();

    private static ChatMessage Copy(ChatMessage message) =>
        new(message.Role, [.. message.Contents]) { AuthorName = message.AuthorName, MessageId = message.MessageId };
}
