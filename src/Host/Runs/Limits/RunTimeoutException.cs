namespace Unlearning.Host.Runs.Limits;

/// <summary>A stage, or the run, took longer than it may.</summary>
/// <param name="what">The stage in lower case, or "whole run".</param>
/// <param name="limit">Its limit.</param>
/// <param name="key">The configuration key of the limit.</param>
public sealed class RunTimeoutException(string what, TimeSpan limit, string key) : RunException(
    $"The {what} took longer than {limit}",
    $"Look at what else uses the machine, or raise {key}, then retry the run from the stage it stopped in");
