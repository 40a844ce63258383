namespace Unlearning.Host.Cli.Policies;

/// <summary>One difference between two versions of a policy.</summary>
/// <param name="Path">The key, with detectors, rules and tests by name.</param>
/// <param name="Old">The value before; null when there was none.</param>
/// <param name="New">The value after; null when there is none.</param>
internal sealed record PolicyChange(string Path, string? Old, string? New);
