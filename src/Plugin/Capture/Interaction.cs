using Microsoft.Extensions.AI;

namespace Unlearning.Plugin.Capture;

/// <summary>One model round trip: the messages that went in, the answer that came out, and the release that produced it.</summary>
/// <remarks>
/// Everything textual here is what people said. <see cref="ToString"/> gives the identifier alone, so that an interaction that
/// strays into a log or an exception message carries no text with it.
/// </remarks>
public sealed record Interaction
{
    /// <summary>Gets the identifier given at the model boundary: 32 hexadecimal digits, in order of time.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the text of the last user message, empty when there was none.</summary>
    public required string Prompt { get; init; }

    /// <summary>Gets the assistant's text, as far as it came when <see cref="Complete"/> is false.</summary>
    public required string Answer { get; init; }

    /// <summary>Gets a copy of the messages as they were when the call began, the answer not among them.</summary>
    public IReadOnlyList<ChatMessage> Messages { get; init; } = [];

    /// <summary>Gets what tools have said since the last user message, each result on its own.</summary>
    public IReadOnlyList<string> ToolResults { get; init; } = [];

    /// <summary>Gets a value indicating whether the caller got a policy's refusal text in the answer's place.</summary>
    /// <remarks>When the prompt was refused no model was asked, and <see cref="Answer"/> is empty.</remarks>
    public bool Refused { get; init; }

    /// <summary>Gets the release that served the answer (<see cref="Serving.ModelSlot.ReleaseKey"/>), or null when unknown.</summary>
    public string? ReleaseId { get; init; }

    /// <summary>Gets the model that answered, or null when unknown.</summary>
    public string? ModelId { get; init; }

    /// <summary>Gets the id that the model's server gave the answer, or null.</summary>
    public string? ResponseId { get; init; }

    /// <summary>Gets the kernel function that made the call, as <c>plugin-function</c>, or null for a direct call.</summary>
    public string? Function { get; init; }

    /// <summary>Gets who the app says it was talking to (see <see cref="CaptureContext"/>), or null.</summary>
    public string? Subject { get; init; }

    /// <summary>Gets what the app attached to the call (see <see cref="CaptureContext"/>).</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = CaptureContext.NoTags;

    /// <summary>Gets a value indicating whether the answer was streamed.</summary>
    public bool Streaming { get; init; }

    /// <summary>Gets a value indicating whether the answer came to its end; false when it was abandoned, cancelled or failed.</summary>
    public bool Complete { get; init; }

    /// <summary>Gets when the call began.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The identifier, and none of the text.</summary>
    /// <returns>A string that is safe to log.</returns>
    public override string ToString() => $"interaction {Id}";
}
