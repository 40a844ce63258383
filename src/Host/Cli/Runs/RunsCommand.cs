using System.CommandLine;
using Unlearning.Host.Api.Management.Runs;
using Unlearning.Host.Cli.Client;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Plugin.Functions;

namespace Unlearning.Host.Cli.Runs;

/// <summary>The <c>runs</c> verb: asks the service, which is the one that runs them.</summary>
internal static class RunsCommand
{
    /// <summary>The command, to be added to the root command.</summary>
    /// <param name="overrides">Settings that win over appsettings.json and the environment.</param>
    /// <param name="time">Paces the watching.</param>
    public static Command Create(IReadOnlyDictionary<string, string?>? overrides = null, TimeProvider? time = null)
    {
        ServiceVerbs verbs = new(overrides);
        RunWatch follower = new(time ?? TimeProvider.System);
        return new Command(
            "runs",
            """
            Starts, watches, stops and explains runs. A run selects confirmed incidents, unlearns them, evaluates and gates the result, waits for
            approval where that is asked for, and goes live. The service must be running. Where an id may be left out, the newest run is meant.

            Examples:
              runs start --reason "three reports of weapons advice" --watch
              runs list
              runs show
              runs gates
              runs pause --reason "the node is needed"
              runs resume --reason "the node is free"
              runs retry --from gate --reason "the threshold was a typo"

            Exit codes: 0 done, 1 error, 2 a gate did not pass.
            """)
        {
            ListVerb(verbs),
            ShowVerb(verbs),
            StartVerb(verbs, follower),
            WatchVerb(verbs, follower),
            GatesVerb(verbs),
            RunControlVerbs.Pause(verbs),
            RunControlVerbs.Resume(verbs),
            RunControlVerbs.Cancel(verbs),
            RunControlVerbs.Retry(verbs),
        };
    }

    private static Command ListVerb(ServiceVerbs verbs)
    {
        Option<int> limit = Limit.Option(RunsEndpoints.Most);
        return verbs.Of(
            new Command(
                "list",
                """
                Lists runs, the newest first.

                Examples:
                  runs list
                  runs list --limit 100 --json

                Exit codes: 0 listed, 1 error.
                """)
            {
                limit,
            },
            async (service, parsed, say, cancellationToken) =>
            {
                IReadOnlyList<RunStatus> runs = await service
                    .GetAsync<IReadOnlyList<RunStatus>>($"v1/runs?limit={parsed.GetValue(limit)}", cancellationToken).ConfigureAwait(false);
                say(runs, output =>
                {
                    if (runs.Count == 0)
                        output.WriteLine("no runs yet");
                    else
                        RunText.Table(output, runs);
                });
                return 0;
            });
    }

    private static Command ShowVerb(ServiceVerbs verbs)
    {
        Argument<string?> id = NamedRun.Id();
        return verbs.Of(
            new Command(
                "show",
                """
                Shows where a run stands: stage, step, losses, angles between gradients, time left, verdict, and what to do next.

                Examples:
                  runs show
                  runs show 20261127-030000-a1b2c3 --json

                Exit codes: 0 shown, 1 error.
                """)
            {
                id,
            },
            async (service, parsed, say, cancellationToken) =>
            {
                RunStatus run = await NamedRun.FindAsync(service, parsed.GetValue(id), cancellationToken).ConfigureAwait(false);
                say(run, output => RunText.Write(output, run));
                return 0;
            });
    }

    private static Command StartVerb(ServiceVerbs verbs, RunWatch follower)
    {
        Option<string> reason = ServiceVerbs.Reason();
        Option<bool> supersede = new("--supersede") { Description = "A run that waits for approval makes way: it ends without going live." };
        Option<bool> watch = new("--watch") { Description = "Watches it until it ends or waits for somebody." };
        return verbs.Of(
            new Command(
                "start",
                """
                Starts a run, or tells which one is active: there is one at a time.

                Examples:
                  runs start --reason "three reports of weapons advice"
                  runs start --reason "weekly remediation" --watch

                Exit codes: 0 started (with --watch: over or waiting, and no gate failed), 1 error, 2 with --watch: a gate did not pass.
                """)
            {
                reason, supersede, watch,
            },
            async (service, parsed, say, cancellationToken) =>
            {
                RunStatus run = await service.PostAsync<RunStatus>(
                    "v1/runs", new { reason = parsed.GetRequiredValue(reason), supersede = parsed.GetValue(supersede) }, cancellationToken).ConfigureAwait(false);
                if (parsed.GetValue(watch))
                    return await follower.FollowAsync(service, run.RunId, parsed.InvocationConfiguration.Error, say, cancellationToken).ConfigureAwait(false);
                say(run, output => output.WriteLine($"{run.RunId}  {run.State}. Watch it with 'runs watch'."));
                return 0;
            });
    }

    private static Command WatchVerb(ServiceVerbs verbs, RunWatch follower)
    {
        Argument<string?> id = NamedRun.Id();
        return verbs.Of(
            new Command(
                "watch",
                """
                Follows a run until it ends or waits for somebody. Interrupting it stops the watching, not the run.

                Examples:
                  runs watch
                  runs watch 20261127-030000-a1b2c3

                Exit codes: 0 over or waiting, and no gate failed, 1 error or a run that failed, 2 a gate did not pass.
                """)
            {
                id,
            },
            async (service, parsed, say, cancellationToken) =>
            {
                RunStatus run = await NamedRun.FindAsync(service, parsed.GetValue(id), cancellationToken).ConfigureAwait(false);
                return await follower.FollowAsync(service, run.RunId, parsed.InvocationConfiguration.Error, say, cancellationToken).ConfigureAwait(false);
            });
    }

    private static Command GatesVerb(ServiceVerbs verbs)
    {
        Argument<string?> id = NamedRun.Id();
        return verbs.Of(
            new Command(
                "gates",
                """
                Explains, gate by gate and with the numbers, why a run's candidate passed or did not.

                Examples:
                  runs gates
                  runs gates 20261127-030000-a1b2c3 --json

                Exit codes: 0 passed, 1 error, 2 not passed.
                """)
            {
                id,
            },
            async (service, parsed, say, cancellationToken) =>
            {
                RunStatus run = await NamedRun.FindAsync(service, parsed.GetValue(id), cancellationToken).ConfigureAwait(false);
                GateExplanation gates = await service.GetAsync<GateExplanation>($"v1/runs/{run.RunId}/gates", cancellationToken).ConfigureAwait(false);
                say(gates, output =>
                {
                    output.WriteLine($"{gates.Verdict}: run {gates.RunId}");
                    foreach (GateLine gate in gates.Gates)
                        output.WriteLine($"  {OneLine.Whole(gate.Sentence)}");
                });
                return gates.Verdict == "pass" ? 0 : 2;
            });
    }
}
