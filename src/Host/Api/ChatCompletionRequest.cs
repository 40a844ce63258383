using Microsoft.Extensions.AI;

namespace Unlearning.Host.Api;

/// <summary>A request for an answer, read and checked.</summary>
/// <param name="Messages">The conversation, oldest first; never empty.</param>
/// <param name="Options">How to sample.</param>
/// <param name="Stream">Whether the answer comes as events.</param>
/// <param name="IncludeUsage">Whether the stream ends with a count of tokens.</param>
/// <param name="Subject">Who asks, as the client names them; null when it does not.</param>
internal sealed record ChatCompletionRequest(
    IReadOnlyList<ChatMessage> Messages, ChatOptions Options, bool Stream, bool IncludeUsage, string? Subject);
