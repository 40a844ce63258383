using System.CommandLine;
using System.Data.Common;
using Unlearning.Engine.Weights;
using Unlearning.Host.Experiments.Recipes;
using Unlearning.Host.Releases;
using Unlearning.Host.Runs;

namespace Unlearning.Host.Cli.Terminal;

/// <summary>How a verb runs: what can go wrong in its work becomes a line on standard error and exit code 1.</summary>
internal static class Verb
{
    private const string Cancelled = "Cancelled.";

    /// <summary>Gives a command its work.</summary>
    /// <param name="command">The command.</param>
    /// <param name="work">The work; its result is the exit code.</param>
    /// <param name="cancelled">What is said when it is cancelled.</param>
    public static Command Of(Command command, Func<ParseResult, CancellationToken, Task<int>> work, string cancelled = Cancelled)
    {
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                return await work(parsed, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (IsExpected(failure))
            {
                string line = failure is OperationCanceledException ? cancelled : failure.Message;
                await parsed.InvocationConfiguration.Error.WriteLineAsync(line).ConfigureAwait(false);
                return 1;
            }
        });
        return command;
    }

    /// <inheritdoc cref="Of(Command, Func{ParseResult, CancellationToken, Task{int}}, string)"/>
    public static Command Of(Command command, Func<ParseResult, CancellationToken, int> work, string cancelled = Cancelled) =>
        Of(command, (parsed, cancellationToken) => Task.FromResult(work(parsed, cancellationToken)), cancelled);

    /// <summary>Gives a command the option <c>--json</c> and its work, which says one result.</summary>
    /// <param name="command">The command.</param>
    /// <param name="work">The work; its result is the exit code.</param>
    public static Command WithJson(Command command, Func<ParseResult, Say, CancellationToken, Task<int>> work)
    {
        Option<bool> json = Json();
        command.Options.Add(json);
        return Of(command, (parsed, cancellationToken) => work(parsed, Output(parsed, json), cancellationToken));
    }

    /// <inheritdoc cref="WithJson(Command, Func{ParseResult, Say, CancellationToken, Task{int}})"/>
    public static Command WithJson(Command command, Func<ParseResult, Say, CancellationToken, int> work) =>
        WithJson(command, (parsed, say, cancellationToken) => Task.FromResult(work(parsed, say, cancellationToken)));

    /// <summary>Asks for JSON.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Prints JSON for programs instead of text." };

    private static Say Output(ParseResult parsed, Option<bool> json) => (result, text) =>
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(json))
            TerminalJson.Write(output, result);
        else
            text(output);
    };

    // Whose messages say what is wrong and what to do.
    private static bool IsExpected(Exception failure) => failure
        is OperationCanceledException or IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException or TimeoutException
        or DbException or CheckpointException or ReleaseException or RunException or ExperimentRecipeException;
}
