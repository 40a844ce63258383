using Quartz;
using Unlearning.Host.Identity;
using Unlearning.Host.Releases.Garbage;

namespace Unlearning.Host.Jobs;

/// <summary>Deletes releases that nothing needs, every night.</summary>
[DisallowConcurrentExecution]
internal sealed partial class ReleaseGarbageJob(ReleaseGarbage garbage, ILogger<ReleaseGarbageJob> logger) : IJob
{
    internal static readonly JobKey Key = new("garbage", "releases");

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await garbage.CollectAsync(Actor.Service, "Nothing needs it.", cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
#pragma warning disable CA1031 // The next night tries again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogFailed(failure);
        }
    }

    [LoggerMessage(
        EventId = 4023,
        EventName = "GarbageFailed",
        Level = LogLevel.Error,
        Message = "Releases that nothing needs could not be deleted; it is tried again at the next time.")]
    private partial void LogFailed(Exception failure);
}
