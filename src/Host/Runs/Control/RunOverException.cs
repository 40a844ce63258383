namespace Unlearning.Host.Runs.Control;

/// <summary>The run was cancelled, or made way for a newer one, before its release was live.</summary>
/// <param name="runId">The run.</param>
public sealed class RunOverException(string runId) : Exception($"Run {runId} is over; nothing of it is live.");
