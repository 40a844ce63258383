using System.CommandLine;
using Unlearning.Host.Approvals;
using Unlearning.Host.Cli.Client;

namespace Unlearning.Host.Cli.Releases;

/// <summary>The verbs of those who approve.</summary>
internal static class DecisionVerbs
{
    public static Command Approve(ServiceVerbs verbs) => Create(
        verbs,
        "approve",
        """
        Approves a release that passed its gates and waits. With the last approval that is needed it goes live, after everything was checked
        again: any change of the release, the gates or the policies voids what was approved before. Who started the run approves nothing.

        Examples:
          releases approve 3f9a1c0d2b4e5f67 --reason "read the report; over-refusal is fine"

        Exit codes: 0 approved, 1 error.
        """);

    public static Command Reject(ServiceVerbs verbs) => Create(
        verbs,
        "reject",
        """
        Rejects a release that waits: it does not go live, and its run ends.

        Examples:
          releases reject 3f9a1c0d2b4e5f67 --reason "it refuses questions about medicine"

        Exit codes: 0 rejected, 1 error.
        """);

    private static Command Create(ServiceVerbs verbs, string verb, string help)
    {
        Argument<string> id = ReleasesCommand.Id();
        Option<string> reason = ServiceVerbs.Reason();
        return verbs.Of(
            new Command(verb, help) { id, reason },
            async (service, parsed, say, cancellationToken) =>
            {
                ApprovalStatus status = await service.PostAsync<ApprovalStatus>(
                    ReleasesCommand.Path(parsed.GetRequiredValue(id), verb),
                    new { reason = parsed.GetRequiredValue(reason) },
                    cancellationToken).ConfigureAwait(false);
                say(status, output => output.WriteLine(status.Description));
                return 0;
            });
    }
}
