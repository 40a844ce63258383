namespace Unlearning.Plugin.Functions;

/// <summary>A rollback that was done.</summary>
/// <param name="FromRelease">The release that was live.</param>
/// <param name="ToRelease">The release that is live now.</param>
/// <param name="Reason">Why.</param>
public sealed record RollbackResult(string FromRelease, string ToRelease, string Reason);
