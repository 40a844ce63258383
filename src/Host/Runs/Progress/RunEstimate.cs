using System.Collections.Concurrent;

namespace Unlearning.Host.Runs.Progress;

/// <summary>Estimates the time left in a whole run from how long the stages of the latest complete one took.</summary>
internal sealed class RunEstimate(IReadOnlyDictionary<string, double> earlier, IReadOnlyDictionary<string, double> finished, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, double> _finished = new(finished);
    private RunStage? _stage;
    private long _began;

    /// <summary>The estimate for a run that begins or goes on.</summary>
    public static async Task<RunEstimate> OfAsync(RunStore runs, RunRecord run, TimeProvider time, CancellationToken cancellationToken)
    {
        const int Looked = 20;
        IReadOnlyList<RunRecord> latest = await runs.ListAsync(Looked, cancellationToken).ConfigureAwait(false);
        IReadOnlyDictionary<string, double>? whole = latest.Select(other => other.Progress?.StageSeconds)
            .FirstOrDefault(seconds => seconds is not null && seconds.ContainsKey(nameof(RunStage.Unlearn)) && seconds.ContainsKey(nameof(RunStage.Evaluate)));
        return new RunEstimate(whole ?? new Dictionary<string, double>(), run.Progress?.StageSeconds ?? new Dictionary<string, double>(), time);
    }

    /// <summary>Adds to a report what the stages took so far, and what is left of all of them.</summary>
    public RunProgress Complete(RunProgress progress)
    {
        if (_stage != progress.Stage)
        {
            if (_stage is { } over)
                _finished[over.ToString()] = _finished.GetValueOrDefault(over.ToString()) + time.GetElapsedTime(_began).TotalSeconds;
            _stage = progress.Stage;
            _began = time.GetTimestamp();
        }

        return progress with { StageSeconds = new Dictionary<string, double>(_finished), Remaining = Remaining(progress) };
    }

    private TimeSpan? Remaining(RunProgress progress)
    {
        TimeSpan elapsed = time.GetElapsedTime(_began);
        TimeSpan? ofStage = progress.Remaining
            ?? (progress is { Step: > 0, TotalSteps: > 0 } ? elapsed * (progress.TotalSteps - progress.Step) / progress.Step
            : earlier.TryGetValue(progress.Stage.ToString(), out double usual) ? TimeSpan.FromSeconds(Math.Max(0, usual - elapsed.TotalSeconds))
            : null);
        return ofStage + TimeSpan.FromSeconds(Enum.GetValues<RunStage>()
            .Where(stage => stage > progress.Stage).Sum(stage => earlier.GetValueOrDefault(stage.ToString())));
    }
}
