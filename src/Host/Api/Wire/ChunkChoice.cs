namespace Unlearning.Host.Api.Wire;

/// <summary>The answer's part of a chunk. The finish reason is null, and written so, in all but the last.</summary>
internal sealed record ChunkChoice(int Index, Delta Delta, string? FinishReason);
