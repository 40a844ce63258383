using Unlearning.Host.Runs;

namespace Unlearning.Host.Api.Management.Runs;

/// <summary>A wish to repeat a run.</summary>
/// <param name="From">The first stage to do again: select, unlearn, evaluate, gate, approve or promote.</param>
/// <param name="Reason">Why, in one sentence; kept in the record.</param>
public sealed record RetryRun(RunStage From, string Reason);
