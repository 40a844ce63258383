namespace Unlearning.Plugin.Functions;

/// <summary>Asks for an unlearning run.</summary>
/// <param name="Reason">Why, for the record.</param>
/// <param name="RequestId">The caller's own id of this request, so that asking twice starts one run; null for none.</param>
public sealed record StartRunRequest(string Reason, string? RequestId = null);
