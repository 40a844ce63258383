using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Unlearning.Plugin.Policies;
using Unlearning.Plugin.Policies.Costly;
using Unlearning.Plugin.Privacy;

namespace Unlearning.Plugin.Capture;

/// <summary>Behind the caller's path: finished interactions are judged, asked about where a policy wants a costly detector, and reported.</summary>
/// <remarks>
/// Three bounded lines, so that memory is bounded whatever arrives: intake (a full one drops what comes, since nothing is known of it yet),
/// costly detectors (what is shed goes on as the cheap ones judged it) and the sink (what is shed is lost). The latter two shed the
/// least severe first. Everything shed or lost is counted.
/// </remarks>
internal sealed class CapturePipeline : IDisposable, IAsyncDisposable
{
    private readonly Channel<CapturedInteraction> _intake = Channel.CreateUnbounded<CapturedInteraction>(new() { SingleReader = true });
    private readonly SeverityBacklog<CapturedInteraction> _costly;
    private readonly SeverityBacklog<CapturedInteraction> _reports;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _idleLock = new();
    private readonly IPolicySource _policies;
    private readonly IIncidentSink _sink;
    private readonly CostlyDetectors _detectors;
    private readonly CaptureMetrics _metrics;
    private readonly CaptureOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ISubjectHasher? _subjects;
    private readonly ShedCounter _shed;
    private TaskCompletionSource? _idle;
    private long _characters;
    private int _judging;
    private int _pending;
    private int _started;
    private int _disposed;

    public CapturePipeline(
        IPolicySource policies,
        IIncidentSink sink,
        CostlyDetectors detectors,
        CaptureMetrics metrics,
        CaptureOptions options,
        TimeProvider time,
        ILogger logger,
        ISubjectHasher? subjects = null)
    {
        _detectors = detectors;
        _policies = policies;
        _sink = sink;
        _metrics = metrics;
        _options = options;
        _time = time;
        _logger = logger;
        _subjects = subjects;
        _shed = new ShedCounter(metrics, logger, time);
        _costly = new(options.CostlyCapacity);
        _reports = new(options.QueueCapacity);
        metrics.Observe(() => Volatile.Read(ref _judging), () => _costly.Count, () => _reports.Count);
    }

    /// <summary>Takes a finished interaction, or sheds it when too much waits already.</summary>
    /// <returns>What waits with it; or null when it was shed.</returns>
    public CapturedInteraction? Accept(Interaction interaction, IReadOnlyList<string> parts, PolicySet? policies)
    {
        CapturedInteraction captured = new(interaction, parts, policies, CapturedText.LengthOf(interaction));
        long characters = Interlocked.Add(ref _characters, captured.Characters);
        bool tooLarge = characters > _options.QueueCharacters && characters != captured.Characters;
        if (Interlocked.Increment(ref _judging) > _options.QueueCapacity || tooLarge || Volatile.Read(ref _disposed) != 0)
        {
            Interlocked.Decrement(ref _judging);
            Interlocked.Add(ref _characters, -captured.Characters);
            _shed.Add("judging", severity: null);
            return null;
        }

        Interlocked.Increment(ref _pending);
        Start();
        _intake.Writer.TryWrite(captured);
        return captured;
    }

    /// <summary>Waits until an interaction is acknowledged, lost or found harmless, or the app has stopped without.</summary>
    public Task EndedAsync(CapturedInteraction captured) => Task.WhenAny(captured.Done, _stopped.Task);

    /// <summary>Waits until everything accepted is acknowledged, lost or found harmless.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        Task idle;
        lock (_idleLock)
        {
            if (Volatile.Read(ref _pending) == 0)
            {
                return;
            }

            _idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            idle = _idle.Task;
        }

        await idle.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        try
        {
            await FlushAsync(CancellationToken.None).WaitAsync(_options.DrainTimeout, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            CaptureLog.NotDrained(_logger, Volatile.Read(ref _pending));
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        _stopped.TrySetResult();
    }

    // Containers that are disposed without await have no other way to wait.
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            return;
        }

        // The loops outlive the call that happens to be first, and must not inherit its async locals.
        using AsyncFlowControl flow = ExecutionContext.SuppressFlow();
        _ = Task.Run(JudgeAsync);
        for (int i = 0; i < _options.ParallelJudgements; i++)
        {
            _ = Task.Run(AskCostlyAsync);
        }

        for (int i = 0; i < _options.ParallelReports; i++)
        {
            _ = Task.Run(ReportAsync);
        }
    }

    private async Task JudgeAsync()
    {
        await foreach (CapturedInteraction captured in _intake.Reader.ReadAllAsync(_stop.Token).ConfigureAwait(false))
        {
            if (!Judge(captured))
            {
                End(captured);
            }
            else if (!captured.Judgement!.WantsAnswers)
            {
                HandOn(captured);
            }
            else if (_costly.Add(captured, captured.Severity) is { } shed)
            {
                _shed.Add("costly", shed.Severity);
                HandOn(shed);
            }

            Interlocked.Decrement(ref _judging);
        }
    }

    private async Task AskCostlyAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            CapturedInteraction captured = await _costly.TakeAsync(_stop.Token).ConfigureAwait(false);
#pragma warning disable CA1031 // Whatever fails here must not end the loop; the incident goes on as the reading detectors judged it.
            try
            {
                captured.Report = await captured.Judgement!.AskAsync(
                    _detectors,
                    (detector, failure) => DetectorFailed(captured, detector, failure),
                    _stop.Token).ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                DetectorFailed(captured, "any", failure);
            }
#pragma warning restore CA1031
            HandOn(captured);
        }
    }

    private async Task ReportAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            CapturedInteraction captured = await _reports.TakeAsync(_stop.Token).ConfigureAwait(false);
#pragma warning disable CA1031 // Whatever fails here must not end the loop.
            try
            {
                using CancellationTokenSource overdue = new(_options.SinkTimeout, _time);
                IncidentReport scrubbed = ReportScrubber.Scrub(captured.Report!, captured.Policies ?? _policies.Current, _subjects);
                await _sink.ReportAsync(scrubbed, overdue.Token).AsTask().WaitAsync(overdue.Token).ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                _metrics.Failed("sink", failure);
                CaptureLog.SinkFailed(_logger, captured.Interaction.Id, failure.GetType().Name);
            }
#pragma warning restore CA1031
            End(captured);
        }
    }

    private void DetectorFailed(CapturedInteraction captured, string detector, Exception failure)
    {
        _metrics.Failed("detector", failure);
        CaptureLog.DetectorFailed(_logger, detector, captured.Interaction.Id, failure.GetType().Name);
    }

    private bool Judge(CapturedInteraction captured)
    {
        Interaction interaction = captured.Interaction;
        using Activity? activity = CaptureActivity.Begin(captured);
        long began = _time.GetTimestamp();
#pragma warning disable CA1031 // Whatever fails here must not end the loop.
        try
        {
            captured.Judgement = new(captured.Policies ?? _policies.Current, interaction, captured.Parts, (policy, failure) =>
            {
                _metrics.Failed("judge", failure);
                CaptureLog.PolicyFailed(_logger, policy.Name, interaction.Id, failure.GetType().Name);
            });
            captured.Report = captured.Judgement.Report();
            CaptureActivity.Note(activity, captured.Report);
            _metrics.Judged(_time.GetElapsedTime(began));
            return captured.Report is not null || captured.Judgement.WantsAnswers;
        }
        catch (Exception failure)
#pragma warning restore CA1031
        {
            activity?.SetStatus(ActivityStatusCode.Error, failure.GetType().Name);
            _metrics.Failed("judge", failure);
            CaptureLog.JudgingFailed(_logger, interaction.Id, failure.GetType().Name);
            return false;
        }
    }

    private void HandOn(CapturedInteraction captured)
    {
        if (captured.Report is null)
        {
            End(captured);
            return;
        }

        foreach (PolicyMatch match in captured.Report.Matches)
        {
            _metrics.Flagged(match);
            CaptureLog.Flagged(
                _logger, captured.Interaction.Id, match.Policy, match.Severity, match.PromptMatched, match.AnswerMatched);
        }

        if (_reports.Add(captured, captured.Severity) is { } shed)
        {
            _shed.Add("sink", shed.Severity);
            End(shed);
        }
    }

    private void End(CapturedInteraction captured)
    {
        Interlocked.Add(ref _characters, -captured.Characters);
        captured.Complete();
        lock (_idleLock)
        {
            if (Interlocked.Decrement(ref _pending) == 0)
            {
                _idle?.TrySetResult();
                _idle = null;
            }
        }
    }
}
