using System.CommandLine;
using Unlearning.Host.Cli.Client;
using Unlearning.Plugin.Functions;

namespace Unlearning.Host.Cli.Runs;

/// <summary>The verbs that want something of a run: <c>pause</c>, <c>resume</c>, <c>cancel</c> and <c>retry</c>.</summary>
internal static class RunControlVerbs
{
    private static readonly string[] _stages = ["select", "unlearn", "evaluate", "gate", "approve", "promote"];

    public static Command Pause(ServiceVerbs verbs) => Create(
        verbs,
        "pause",
        """
        Stops a run at its next checkpoint, or before its next stage, until it is resumed. No other run starts meanwhile.

        Examples:
          runs pause --reason "the node is needed"

        Exit codes: 0 paused or about to be, 1 error.
        """);

    public static Command Resume(ServiceVerbs verbs) => Create(
        verbs,
        "resume",
        """
        Lets a paused run go on from where it stopped.

        Examples:
          runs resume --reason "the node is free"

        Exit codes: 0 goes on, 1 error.
        """);

    public static Command Cancel(ServiceVerbs verbs) => Create(
        verbs,
        "cancel",
        """
        Ends a run for good and deletes its work. The live release stays as it is.

        Examples:
          runs cancel --reason "the incidents were confirmed by mistake"

        Exit codes: 0 cancelled or about to be, 1 error.
        """);

    public static Command Retry(ServiceVerbs verbs)
    {
        Argument<string?> id = NamedRun.Id();
        Option<string> reason = ServiceVerbs.Reason();
        Option<string> from = new("--from") { Description = "The first stage to do again: select, unlearn, evaluate, gate, approve or promote.", HelpName = "STAGE", Required = true };
        from.AcceptOnlyFromAmong(_stages);
        return verbs.Of(
            new Command(
                "retry",
                """
                Repeats a run that is over from one of its stages, as a run of its own; what its earlier stages left is taken over.

                Examples:
                  runs retry --from gate --reason "the threshold was a typo"
                  runs retry 20261127-030000-a1b2c3 --from unlearn --reason "a smaller learning rate"

                Exit codes: 0 started, 1 error.
                """)
            {
                id, from, reason,
            },
            async (service, parsed, say, cancellationToken) =>
            {
                RunStatus run = await NamedRun.FindAsync(service, parsed.GetValue(id), cancellationToken).ConfigureAwait(false);
                RunStatus retry = await service.PostAsync<RunStatus>(
                    $"v1/runs/{run.RunId}/retry",
                    new { from = parsed.GetRequiredValue(from), reason = parsed.GetRequiredValue(reason) },
                    cancellationToken).ConfigureAwait(false);
                say(retry, output => output.WriteLine($"{retry.RunId}  {retry.State}, repeats {run.RunId} from {parsed.GetRequiredValue(from)}"));
                return 0;
            });
    }

    private static Command Create(ServiceVerbs verbs, string verb, string help)
    {
        Argument<string?> id = NamedRun.Id();
        Option<string> reason = ServiceVerbs.Reason();
        return verbs.Of(
            new Command(verb, help) { id, reason },
            async (service, parsed, say, cancellationToken) =>
            {
                RunStatus run = await NamedRun.FindAsync(service, parsed.GetValue(id), cancellationToken).ConfigureAwait(false);
                RunStatus now = await service.PostAsync<RunStatus>(
                    $"v1/runs/{run.RunId}/{verb}", new { reason = parsed.GetRequiredValue(reason) }, cancellationToken).ConfigureAwait(false);
                say(now, output => output.WriteLine($"{now.RunId}  {now.State}{(now.Control is { } wanted ? $", {wanted} wanted" : "")}"));
                return 0;
            });
    }
}
