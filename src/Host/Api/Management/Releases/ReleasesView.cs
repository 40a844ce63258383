using Unlearning.Host.Releases.History;

namespace Unlearning.Host.Api.Management.Releases;

/// <summary>All releases.</summary>
/// <param name="Live">The live release; <c>base</c> is the unmodified model.</param>
/// <param name="Canary">The release that serves a share of the conversations; null while there is none.</param>
/// <param name="Releases">Every release, the newest first.</param>
public sealed record ReleasesView(string Live, string? Canary, IReadOnlyList<ReleaseStatus> Releases);
