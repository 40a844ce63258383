namespace Unlearning.Host.Api.Wire;

/// <summary>The body of every error.</summary>
internal sealed record ErrorBody(ErrorDetail Error);
