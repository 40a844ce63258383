using Unlearning.Host.Cli.Client;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Plugin.Functions;

namespace Unlearning.Host.Cli.Runs;

/// <summary>Follows a run until nothing more happens by itself.</summary>
/// <param name="time">Paces the asking.</param>
internal sealed class RunWatch(TimeProvider time)
{
    private static readonly TimeSpan _pace = TimeSpan.FromSeconds(1);

    // A run that was just approved or resumed waits for a moment more.
    private const int Patience = 5;

    /// <summary>Follows it, and says how it stands in the end.</summary>
    /// <param name="service">The service that runs it.</param>
    /// <param name="runId">The run.</param>
    /// <param name="progress">Where each change is a line; not where results are written.</param>
    /// <param name="say">Prints the run in the end.</param>
    /// <param name="cancellationToken">Stops the watching, not the run.</param>
    /// <returns>The exit code: 1 of a run that failed, 2 where a gate did not pass, else 0.</returns>
    public async Task<int> FollowAsync(ServiceConnection service, string runId, TextWriter progress, Say say, CancellationToken cancellationToken)
    {
        string? last = null;
        for (int waits = 0; ;)
        {
            RunStatus run = await service.GetAsync<RunStatus>($"v1/runs/{runId}", cancellationToken).ConfigureAwait(false);
            string line = RunText.OneLine(run);
            if (line != last)
                await progress.WriteLineAsync(line).ConfigureAwait(false);
            last = line;
            waits = run.State is "awaiting_approval" or "paused" ? waits + 1 : 0;
            if (run.State is not ("queued" or "running") && waits is 0 or >= Patience)
            {
                say(run, output => RunText.Write(output, run));
                return run.State is "failed" ? 1 : run.Verdict is "fail" or "inconclusive" ? 2 : 0;
            }

            await Task.Delay(_pace, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
