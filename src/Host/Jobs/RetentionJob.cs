using Quartz;
using Unlearning.Host.Privacy;

namespace Unlearning.Host.Jobs;

/// <summary>Deletes text and receipts past their time, every day and at every start.</summary>
[DisallowConcurrentExecution]
public sealed partial class RetentionJob(Retention retention, ILogger<RetentionJob> logger) : IJob
{
    internal static readonly JobKey Key = new("retention", "privacy");

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            int deleted = await retention.DeleteAsync(cancellationToken).ConfigureAwait(false);
            if (deleted > 0)
                LogDeleted(deleted);
            int receipts = await retention.DeleteReceiptsAsync(cancellationToken).ConfigureAwait(false);
            LogReceipts(receipts);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
#pragma warning disable CA1031 // The next firing tries again; the scheduler would log the exception with its message.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            string type = failure.GetType().Name;
            LogFailed(type);
        }
    }

    [LoggerMessage(
        EventId = 4011,
        EventName = "TextDeleted",
        Level = LogLevel.Information,
        Message = "The text of {Count} incident(s) was past its time and is deleted.")]
    private partial void LogDeleted(int count);

    [LoggerMessage(
        EventId = 4013,
        EventName = "ReceiptsDeleted",
        Level = LogLevel.Debug,
        Message = "The ids of {Count} interaction(s) that cannot be reported again are deleted.")]
    private partial void LogReceipts(int count);

    [LoggerMessage(
        EventId = 4012,
        EventName = "RetentionFailed",
        Level = LogLevel.Error,
        Message = "Text past its time could not be deleted ({ExceptionType}); it is tried again at the next time.")]
    private partial void LogFailed(string exceptionType);
}
