namespace Unlearning.Host.Releases.Garbage;

/// <summary>Whether a release is needed.</summary>
/// <param name="ReleaseId">The release.</param>
/// <param name="KeptBecause">Why it is kept, in words; null when nothing needs it.</param>
public sealed record GarbageVerdict(string ReleaseId, string? KeptBecause);
