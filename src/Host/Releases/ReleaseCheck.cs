namespace Unlearning.Host.Releases;

/// <summary>Whether a release is what it was.</summary>
/// <param name="ReleaseId">The release, or the name of something else that lies in its place.</param>
/// <param name="ContentHash">Its content hash; null when something is wrong.</param>
/// <param name="Problem">What is wrong and what to do; null when nothing is.</param>
public sealed record ReleaseCheck(string ReleaseId, string? ContentHash, string? Problem);
