using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Unlearning.Plugin.Capture;
using Unlearning.Plugin.Transport.Spooling;
using Unlearning.Plugin.Transport.Wire;

namespace Unlearning.Plugin.Transport;

/// <summary>Reports incidents to a Host in another process, through a spool on disk that outlives crashes of either.</summary>
/// <remarks>
/// A report is acknowledged when it lies in the spool, flushed to the device; sending goes on in the background, from the first use on,
/// and at the next start with what an earlier process left. The Host counts an interaction once, however often it is sent.
/// </remarks>
public sealed partial class HttpIncidentSink : IIncidentSink, IAsyncDisposable, IDisposable
{
    // The Host takes no longer text; see its limit of one request's body.
    private const int LargestRecord = 1 << 20;

    private readonly TransportOptions _options;
    private readonly TransportMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HostClient _host;
    private readonly CancellationTokenSource _abandon = new();
    private readonly Lock _starting = new();
    private Spool? _spool;
    private IncidentSender? _sender;
    private Task _sending = Task.CompletedTask;
    private bool _disposed;

    /// <summary>Creates the sink; what an earlier process left in the spool begins to be sent.</summary>
    /// <param name="options">The Host and the spool.</param>
    /// <param name="metrics">What counts.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Gets reasons and counts, never text.</param>
    /// <exception cref="OptionsValidationException">A setting is wrong.</exception>
    public HttpIncidentSink(
        IOptions<TransportOptions> options, TransportMetrics metrics, TimeProvider time, ILogger<HttpIncidentSink>? logger = null)
        : this(options, metrics, time, logger, null)
    {
    }

    internal HttpIncidentSink(
        IOptions<TransportOptions> options,
        TransportMetrics metrics,
        TimeProvider time,
        ILogger<HttpIncidentSink>? logger,
        HttpMessageHandler? handler)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Value;
        _metrics = metrics;
        _time = time;
        _logger = logger ?? NullLogger<HttpIncidentSink>.Instance;
        _host = new HostClient(
            _options,
            handler ?? new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) },
            time);
        try
        {
            Start();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The app goes on without; each report tries again and says what is wrong.
            LogNoSpool(failure.GetType().Name, failure.Message);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="SpoolFullException">The spool has no room.</exception>
    /// <exception cref="IOException">The spool cannot be written.</exception>
    /// <exception cref="ArgumentException">The incident is longer than 1 MiB.</exception>
    public async ValueTask ReportAsync(IncidentReport report, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(report);
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            string? baseModel = _options.BaseModel.Length > 0 ? _options.BaseModel : null;
            byte[] json = JsonSerializer.SerializeToUtf8Bytes(IncidentRecord.Of(report, baseModel), TransportJson.Default.IncidentRecord);
            if (json.Length > LargestRecord)
            {
                throw new ArgumentException($"The incident has {json.Length} bytes; the Host takes at most {LargestRecord}.", nameof(report));
            }

            await Start().AppendAsync(json, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            _metrics.Lost(failure is SpoolFullException ? "spool_full" : failure is OperationCanceledException ? "timeout" : "not_written");
            throw;
        }

        _metrics.Spooled();
        LogSpooled(report.Interaction.Id);
    }

    /// <summary>
    /// Sends again what the Host refused for good and <c>rejected.jsonl</c> in the spool keeps: for use once the reason is mended, as by a
    /// newer Host.
    /// </summary>
    /// <param name="cancellationToken">Cancels between two records; those that were moved are sent.</param>
    /// <returns>How many incidents are to be sent again; one whose key is missing stays.</returns>
    /// <exception cref="IOException">The file is in use, or the spool cannot take what is in it.</exception>
    public Task<int> RetryRejectedAsync(CancellationToken cancellationToken = default) => Start().RetryRejectedAsync(cancellationToken);

    /// <summary>Sends what is left, for at most <see cref="TransportOptions.FlushTimeout"/>; the rest stays in the spool.</summary>
    /// <returns>A task that ends when the spool is free for another process.</returns>
    public async ValueTask DisposeAsync()
    {
        lock (_starting)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        _sender?.Close();
        if (_options.FlushTimeout == TimeSpan.Zero)
        {
            await _abandon.CancelAsync().ConfigureAwait(false);
        }
        else
        {
            _abandon.CancelAfter(_options.FlushTimeout);
        }

        await _sending.ConfigureAwait(false);
        if (_spool is not null)
        {
            await _spool.DisposeAsync().ConfigureAwait(false);
        }

        _sender?.Dispose();
        _host.Dispose();
        _abandon.Dispose();
    }

    /// <summary>Does the same as <see cref="DisposeAsync"/>, and waits.</summary>
    public void Dispose() => Task.Run(() => DisposeAsync().AsTask()).GetAwaiter().GetResult();

    private Spool Start()
    {
        lock (_starting)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_spool is null)
            {
                _spool = new Spool(_options.Spool, (long)_options.SpoolLimitMb << 20, _options.SpoolKey);
                if (_spool.DamagedKeyFile is { } damaged)
                {
                    LogKeyDamaged(damaged);
                }

                _sender = new IncidentSender(_spool, _host, _options, _metrics, _time, _logger);
                _sending = Task.Run(() => SendAsync(_sender));
            }

            return _spool;
        }
    }

    private async Task SendAsync(IncidentSender sender)
    {
        try
        {
            await sender.RunAsync(_abandon.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The time to flush is over.
        }
    }

    [LoggerMessage(
        EventId = 1306,
        EventName = "NoSpool",
        Level = LogLevel.Error,
        Message = "The spool of incidents cannot be opened ({ExceptionType}): {Reason} "
            + "Set Unlearning:Host:Spool to a folder that this process may write to.")]
    private partial void LogNoSpool(string exceptionType, string reason);

    [LoggerMessage(
        EventId = 1310,
        EventName = "SpoolKeyDamaged",
        Level = LogLevel.Error,
        Message = "The key of the spool of incidents was damaged; it is moved to '{File}', and a new one is used. What the old one encrypted is "
            + "set aside beside it: put the key back as spool.key from a backup, or set Unlearning:Host:SpoolKey, and it is sent at the next start.")]
    private partial void LogKeyDamaged(string file);

    [LoggerMessage(
        EventId = 1307, EventName = "IncidentSpooled", Level = LogLevel.Debug, Message = "The incident of interaction {InteractionId} is spooled.")]
    private partial void LogSpooled(string interactionId);
}
