using Microsoft.Extensions.AI;

namespace Unlearning.Host.Releases.Serving;

/// <summary>Turns a release into a client that serves it.</summary>
public interface IReleaseLoader
{
    /// <summary>Loads a release until it can answer. The caller disposes the client when nothing leans on it any more.</summary>
    /// <param name="releaseId">The release; <see cref="Release.BaseId"/> for the unmodified model.</param>
    /// <param name="folder">The release's folder, verified; its PEFT files are in <c>adapter/</c>. Null for the base model.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    Task<IChatClient> LoadAsync(string releaseId, string? folder, CancellationToken cancellationToken);
}
