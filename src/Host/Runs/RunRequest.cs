namespace Unlearning.Host.Runs;

/// <summary>
/// Which run answered a caller's request id. Several requests may share a run: one that arrives while a run is
/// active gets that run, and gets it again however often it is repeated.
/// </summary>
public sealed class RunRequest
{
    /// <summary>The caller's id for its request.</summary>
    public required string RequestId { get; init; }

    /// <summary>The run it was given.</summary>
    public required string RunId { get; init; }
}
