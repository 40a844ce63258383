using Unlearning.Host.Releases.Journal;

namespace Unlearning.Host.Releases.Changes;

/// <summary>What the promoter tells.</summary>
internal static partial class PromoterLog
{
    [LoggerMessage(
        EventId = 3001,
        EventName = "ReleaseRestored",
        Level = LogLevel.Information,
        Message = "Release {ReleaseId} is serving, as the journal says.")]
    public static partial void Restored(ILogger logger, string releaseId);

    [LoggerMessage(
        EventId = 3002,
        EventName = "ServingBlocked",
        Level = LogLevel.Critical,
        Message = "The live release cannot serve; nothing does.")]
    public static partial void Blocked(ILogger logger, Exception failure);

    [LoggerMessage(
        EventId = 3003,
        EventName = "JournalDamaged",
        Level = LogLevel.Warning,
        Message = "{Journal} holds {Lines} line(s) that are no entry, as a write cut short leaves behind. The last valid entry counts.")]
    public static partial void DamagedJournal(ILogger logger, string journal, int lines);

    [LoggerMessage(
        EventId = 3005,
        EventName = "ReleaseChanged",
        Level = LogLevel.Information,
        Message = "{Action}: release {ReleaseId}; the live one was {PreviousReleaseId} (run {RunId}).")]
    public static partial void Changed(ILogger logger, string releaseId, string previousReleaseId, JournalAction action, string? runId);

    [LoggerMessage(
        EventId = 3006,
        EventName = "CanaryRestored",
        Level = LogLevel.Information,
        Message = "Release {ReleaseId} is the canary, as before the restart.")]
    public static partial void CanaryRestored(ILogger logger, string releaseId);

    [LoggerMessage(
        EventId = 3007,
        EventName = "CanaryNotRestored",
        Level = LogLevel.Error,
        Message = "Canary {ReleaseId} cannot serve and is withdrawn; the live release serves everybody.")]
    public static partial void CanaryNotRestored(ILogger logger, string releaseId, Exception failure);

    [LoggerMessage(
        EventId = 3008,
        EventName = "ChangeNotFollowed",
        Level = LogLevel.Error,
        Message = "{Follower} could not follow the change of release {ReleaseId}; it catches up later.")]
    public static partial void NotFollowed(ILogger logger, string follower, string releaseId, Exception failure);

    [LoggerMessage(
        EventId = 3017,
        EventName = "WayBackNotWarm",
        Level = LogLevel.Error,
        Message = "Release {ReleaseId}, to which a rollback would lead, cannot be loaded. Verify the releases, and restore it from a backup.")]
    public static partial void NotWarm(ILogger logger, string releaseId, Exception failure);
}
