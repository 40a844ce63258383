using System.Threading.Channels;
using Quartz;
using Unlearning.Host.Runs;
using Unlearning.Host.Runs.Progress;

namespace Unlearning.Host.Jobs;

/// <summary>
/// Carries a run's progress from the feed to the scheduler and the store while it lives. The pipeline never waits for a write: when
/// reports come faster than the store takes them, only the latest is written.
/// </summary>
internal sealed partial class ProgressRecorder : IAsyncDisposable
{
    private readonly string _runId;
    private readonly RunProgressFeed _feed;
    private readonly RunStore _runs;
    private readonly IJobExecutionContext _context;
    private readonly ILogger _logger;
    private readonly Task _writing;

    private readonly Channel<RunProgress> _latest = Channel.CreateBounded<RunProgress>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    public ProgressRecorder(string runId, RunProgressFeed feed, RunStore runs, IJobExecutionContext context, ILogger logger)
    {
        _runId = runId;
        _feed = feed;
        _runs = runs;
        _context = context;
        _logger = logger;
        _writing = WriteAsync();
        _feed.Reported += OnReported;
    }

    /// <summary>Stops listening and writes what is left.</summary>
    public async ValueTask DisposeAsync()
    {
        _feed.Reported -= OnReported;
        _latest.Writer.Complete();
        await _writing.ConfigureAwait(false);
    }

    private void OnReported(string runId, RunProgress progress)
    {
        if (runId != _runId)
        {
            return;
        }

        int percent = progress.TotalSteps > 0 ? Math.Clamp(100 * progress.Step / progress.TotalSteps, 0, 100) : 0;
        _context.ReportProgress(percent, $"{RunWord.Of(progress.Stage)} {progress.Step}/{progress.TotalSteps}");
        _latest.Writer.TryWrite(progress);
    }

    private async Task WriteAsync()
    {
        await foreach (RunProgress progress in _latest.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                await _runs.SaveProgressAsync(_runId, progress).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Hours of training are worth more than a progress line.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                LogNotSaved(_runId, failure);
            }
        }
    }

    [LoggerMessage(
        EventId = 4005,
        EventName = "ProgressNotSaved",
        Level = LogLevel.Warning,
        Message = "Progress of run {RunId} could not be saved.")]
    private partial void LogNotSaved(string runId, Exception failure);
}
