using Microsoft.Extensions.Logging;
using Unlearning.Plugin.Transport.Spooling;
using Unlearning.Plugin.Transport.Wire;

namespace Unlearning.Plugin.Transport;

/// <summary>Empties a spool into a Host, oldest first, and removes what the Host acknowledged.</summary>
internal sealed partial class IncidentSender(
    Spool spool, HostClient host, TransportOptions options, TransportMetrics metrics, TimeProvider time, ILogger logger) : IDisposable
{
    // How often to look for lanes whose processes have died meanwhile.
    private static readonly TimeSpan _adoption = TimeSpan.FromMinutes(1);

    private const int LargestBatch = 1 << 20;

    private readonly CancellationTokenSource _closing = new();
    private readonly RetryDelay _delay = new(options.FirstRetryDelay, options.LongestRetryDelay);
    private string? _trouble;

    /// <summary>Sends until the app ends, then what is left, as long as the Host takes it.</summary>
    /// <param name="abandon">Ends it at once, between two of the Host's answers or within one.</param>
    public async Task RunAsync(CancellationToken abandon)
    {
        bool last;
        do
        {
            last = _closing.IsCancellationRequested;
            try
            {
                await spool.WaitAsync(_adoption, time, _closing.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // A last round comes still.
            }

            await DrainAsync(abandon).ConfigureAwait(false);
        }
        while (!last);
    }

    /// <summary>Ends pauses, and <see cref="RunAsync"/> once the spool is empty or the Host does not answer.</summary>
    public void Close() => _closing.Cancel();

    public void Dispose() => _closing.Dispose();

    private async Task DrainAsync(CancellationToken abandon)
    {
        try
        {
            foreach (string segment in await spool.TakeAsync().ConfigureAwait(false))
            {
                if (await ReadAsync(segment, abandon).ConfigureAwait(false) is not { } content)
                {
                    continue;
                }

                if (!await SendAsync(content.Records, abandon).ConfigureAwait(false))
                {
                    return;
                }

                KeepAside(segment, content.Damaged, keyMissing: false);
                KeepAside(segment, content.Locked, keyMissing: true);
                spool.Remove(segment);
            }
        }
#pragma warning disable CA1031 // Whatever fails here must not end the sending.
        catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
        {
            // A disk's trouble, such as a full one that has no room for rejected records: nothing is removed, and later it goes on.
            LogSpoolFailed(failure.GetType().Name);
            await PauseAsync(null, abandon).ConfigureAwait(false);
        }
    }

    private async Task<SegmentContent?> ReadAsync(string segment, CancellationToken abandon)
    {
        try
        {
            return await spool.ReadAsync(segment, abandon).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // One file that the disk does not give must not hold up those behind it.
            try
            {
                LogUnreadable(failure.GetType().Name, spool.MoveAside(segment));
            }
            catch (Exception again) when (again is IOException or UnauthorizedAccessException)
            {
                LogSpoolFailed(again.GetType().Name);
            }

            return null;
        }
    }

    private void KeepAside(string segment, IReadOnlyList<ReadOnlyMemory<byte>> lines, bool keyMissing)
    {
        if (lines.Count == 0)
        {
            return;
        }

        string? kept = spool.KeepAside(segment, lines, keyMissing);
        metrics.Lost(keyMissing ? "no_key" : "damaged", lines.Count);
        if (kept is null)
        {
            LogNoRoomAside(lines.Count, Path.Combine(options.Spool, "set-aside"));
        }
        else if (keyMissing)
        {
            LogLocked(lines.Count, kept);
        }
        else
        {
            LogDamaged(lines.Count, kept);
        }
    }

    private async Task<bool> SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> records, CancellationToken abandon)
    {
        for (int next = 0; next < records.Count;)
        {
            int count = 1;
            int bytes = records[next].Length;
            while (count < options.BatchSize && next + count < records.Count && bytes + records[next + count].Length <= LargestBatch)
            {
                bytes += records[next + count++].Length;
            }

            if (!await SendBatchAsync([.. records.Skip(next).Take(count)], abandon).ConfigureAwait(false))
            {
                return false;
            }

            next += count;
        }

        return true;
    }

    /// <returns>Whether the Host has answered every record; false when the app ends first.</returns>
    private async Task<bool> SendBatchAsync(IReadOnlyList<ReadOnlyMemory<byte>> records, CancellationToken abandon)
    {
        while (true)
        {
            BatchAnswer answer = await host.PostAsync(records, abandon).ConfigureAwait(false);
            if (answer.Failure is null)
            {
                Succeeded();
                if (answer.Results is not null)
                {
                    Settle(records, answer.Results);
                    return true;
                }

                if (records.Count == 1)
                {
                    Reject(records[0], new RecordProblem("Refused", answer.Refusal!.Value, "The Host refused the record's batch.", null));
                    return true;
                }

                // One record spoils the batch: the halves tell which.
                int half = records.Count / 2;
                return await SendBatchAsync([.. records.Take(half)], abandon).ConfigureAwait(false)
                    && await SendBatchAsync([.. records.Skip(half)], abandon).ConfigureAwait(false);
            }

            metrics.Retried(answer.Failure);
            if (_trouble != answer.Failure)
            {
                _trouble = answer.Failure;
                LogTrouble(answer.Failure, answer.Failure is "status 401" or "status 403" ? "ApiKey" : "Url");
            }

            if (_closing.IsCancellationRequested)
            {
                return false;
            }

            await PauseAsync(answer.RetryAfter, abandon).ConfigureAwait(false);
        }
    }

    private async Task PauseAsync(TimeSpan? asked, CancellationToken abandon)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token, abandon);
        try
        {
            await Task.Delay(_delay.Next(asked), time, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // One last try, now.
            abandon.ThrowIfCancellationRequested();
        }
    }

    private void Succeeded()
    {
        _delay.Reset();
        if (_trouble is not null)
        {
            _trouble = null;
            LogRecovered();
        }
    }

    private void Settle(IReadOnlyList<ReadOnlyMemory<byte>> records, IReadOnlyList<IncidentResult> results)
    {
        for (int i = 0; i < results.Count; i++)
        {
            if (results[i].Problem is { } problem)
            {
                Reject(records[i], problem);
            }
        }

        metrics.Sent(results.Count(result => result.Acknowledged));
    }

    private void Reject(ReadOnlyMemory<byte> record, RecordProblem problem)
    {
        bool kept = spool.TryReject(time.GetUtcNow(), problem, record);
        metrics.Rejected();
        LogRejected(problem.Status, problem.Field, kept ? "kept in rejected.jsonl" : "dropped, for rejected.jsonl is full");
        if (!kept)
        {
            metrics.Lost("rejected_full");
        }
    }

    [LoggerMessage(
        EventId = 1301,
        EventName = "HostUnreachable",
        Level = LogLevel.Warning,
        Message = "The unlearning Host does not take incidents ({Reason}); they wait in the spool. "
            + "Check Unlearning:Host:{Setting} if it stays so.")]
    private partial void LogTrouble(string reason, string setting);

    [LoggerMessage(
        EventId = 1302, EventName = "HostReachable", Level = LogLevel.Information, Message = "The unlearning Host takes incidents again.")]
    private partial void LogRecovered();

    [LoggerMessage(
        EventId = 1303,
        EventName = "IncidentRejected",
        Level = LogLevel.Warning,
        Message = "The unlearning Host refused an incident for good ({Status}, {Field}); it is {Kept}.")]
    private partial void LogRejected(int status, string? field, string kept);

    [LoggerMessage(
        EventId = 1304,
        EventName = "SpoolDamaged",
        Level = LogLevel.Warning,
        Message = "{Count} damaged record(s) of the spool could not be read; they are kept in '{File}'. The rest is sent. Check the disk, and "
            + "delete the file when it is of no more use.")]
    private partial void LogDamaged(int count, string file);

    [LoggerMessage(
        EventId = 1308,
        EventName = "SpoolLocked",
        Level = LogLevel.Error,
        Message = "{Count} record(s) of the spool are encrypted with a key that is not here; they are kept in '{File}'. Put that key back, as "
            + "spool.key in the spool's folder or as Unlearning:Host:SpoolKey, and they are sent at the next start. If it is lost, delete the file.")]
    private partial void LogLocked(int count, string file);

    [LoggerMessage(
        EventId = 1309,
        EventName = "SpoolUnreadable",
        Level = LogLevel.Error,
        Message = "A file of the spool could not be read ({ExceptionType}); it is moved to '{File}', and tried again at the next start. Check the "
            + "disk and the file's permissions.")]
    private partial void LogUnreadable(string exceptionType, string file);

    [LoggerMessage(
        EventId = 1311,
        EventName = "SetAsideFull",
        Level = LogLevel.Error,
        Message = "{Count} record(s) of the spool that could not be read are dropped, for '{Folder}' is full. Look at what is in it, and delete it.")]
    private partial void LogNoRoomAside(int count, string folder);

    [LoggerMessage(
        EventId = 1305,
        EventName = "SpoolFailed",
        Level = LogLevel.Warning,
        Message = "The spool of incidents failed ({ExceptionType}); sending goes on later.")]
    private partial void LogSpoolFailed(string exceptionType);
}
