using Unlearning.Plugin.Transport.Wire;

namespace Unlearning.Plugin.Transport;

/// <summary>What came of a request: results, a batch that is wrong in itself, or a failure that may pass.</summary>
/// <param name="Results">One for each record, when the Host answered them one by one; otherwise null.</param>
/// <param name="Refusal">The status with which the Host refused the batch as a whole; otherwise null.</param>
/// <param name="Failure">Why to try again, free of text; otherwise null.</param>
/// <param name="RetryAfter">How long the Host asks to wait.</param>
internal sealed record BatchAnswer(
    IReadOnlyList<IncidentResult>? Results = null, int? Refusal = null, string? Failure = null, TimeSpan? RetryAfter = null);
