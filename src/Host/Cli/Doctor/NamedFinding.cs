namespace Unlearning.Host.Cli.Doctor;

/// <summary>What one check of a checkup found.</summary>
/// <param name="Check">The check's name.</param>
/// <param name="Result">How it ended.</param>
/// <param name="What">What there is.</param>
/// <param name="Fix">What to do; null where nothing is to be done.</param>
internal sealed record NamedFinding(string Check, CheckResult Result, string What, string? Fix);
