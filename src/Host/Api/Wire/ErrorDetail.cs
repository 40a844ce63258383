namespace Unlearning.Host.Api.Wire;

/// <summary>What went wrong, in OpenAI's form.</summary>
internal sealed record ErrorDetail(string Message, string Type, string? Param, string? Code);
