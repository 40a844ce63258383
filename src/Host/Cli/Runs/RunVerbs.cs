using System.CommandLine;
using Unlearning.Host.Cli.Client;
using Unlearning.Host.Cli.Policies;
using Unlearning.Plugin.Functions;

namespace Unlearning.Host.Cli.Runs;

/// <summary>What the <c>runs</c> verbs have in common.</summary>
internal sealed class RunVerbs(IReadOnlyDictionary<string, string?>? overrides, TimeProvider time)
{
    private static readonly TimeSpan _pace = TimeSpan.FromSeconds(1);

    // A run that was just approved or resumed waits for a moment more.
    private const int Patience = 5;

    /// <summary>Prints a result as JSON for programs, or as the text that is written here.</summary>
    public delegate void Say(object result, Action<TextWriter> text);

    /// <summary>Does a verb's work.</summary>
    public delegate Task<int> Work(ServiceConnection service, ParseResult parsed, Say say, CancellationToken cancellationToken);

    /// <summary>Does the work of a verb that may need no service.</summary>
    public delegate Task<int> WorkWithout(Func<ServiceConnection> connect, ParseResult parsed, Say say, CancellationToken cancellationToken);

    /// <summary>A run's id.</summary>
    public static Argument<string?> Id() => new("id") { Description = "The run's id; the newest run when left out.", Arity = ArgumentArity.ZeroOrOne };

    /// <summary>Why.</summary>
    public static Option<string> Reason() => new("--reason") { Description = "Why, in one sentence; kept in the record and the audit.", HelpName = "TEXT", Required = true };

    /// <summary>The run that is meant.</summary>
    public static async Task<RunStatus> FindAsync(ServiceConnection service, string? id, CancellationToken cancellationToken)
    {
        if (id is not null)
            return await service.GetAsync<RunStatus>($"v1/runs/{Uri.EscapeDataString(id)}", cancellationToken).ConfigureAwait(false);
        IReadOnlyList<RunStatus> newest = await service.GetAsync<IReadOnlyList<RunStatus>>("v1/runs?limit=1", cancellationToken).ConfigureAwait(false);
        return newest.Count > 0 ? newest[0] : throw new ArgumentException("There is no run yet. Start one with 'runs start --reason WHY'.");
    }

    /// <summary>Gives a verb the options that all have, and its work.</summary>
    public Command Add(Command command, Work work) =>
        Add(command, (WorkWithout)((connect, parsed, say, cancellationToken) => work(connect(), parsed, say, cancellationToken)));

    /// <inheritdoc cref="Add(Command, Work)"/>
    public Command Add(Command command, WorkWithout work)
    {
        Option<string?> url = ServiceOptions.Url();
        Option<bool> json = PolicyCommand.Json();
        command.Add(url);
        command.Add(json);
        command.SetAction((parsed, cancellationToken) => PolicyCommand.RunAsync(parsed, async () =>
        {
            ServiceConnection? service = null;
            void Print(object result, Action<TextWriter> text)
            {
                if (parsed.GetValue(json))
                    PolicyJson.Write(parsed.InvocationConfiguration.Output, result);
                else
                    text(parsed.InvocationConfiguration.Output);
            }

            try
            {
                return await work(() => service = ServiceConnection.Open(parsed.GetValue(url), overrides), parsed, Print, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                service?.Dispose();
            }
        }));
        return command;
    }

    /// <summary>Follows a run until nothing more happens by itself.</summary>
    public async Task<int> WatchAsync(ServiceConnection service, string runId, ParseResult parsed, Say say, CancellationToken cancellationToken)
    {
        TextWriter progress = parsed.InvocationConfiguration.Error;
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
