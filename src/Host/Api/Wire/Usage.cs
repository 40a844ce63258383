using Microsoft.Extensions.AI;

namespace Unlearning.Host.Api.Wire;

/// <summary>Tokens read and written.</summary>
internal sealed record Usage(long PromptTokens, long CompletionTokens, long TotalTokens)
{
    /// <summary>The model's count; null when it gave none.</summary>
    public static Usage? From(UsageDetails? details) =>
        details is null
            ? null
            : new Usage(
                details.InputTokenCount ?? 0,
                details.OutputTokenCount ?? 0,
                details.TotalTokenCount ?? (details.InputTokenCount ?? 0) + (details.OutputTokenCount ?? 0));
}
