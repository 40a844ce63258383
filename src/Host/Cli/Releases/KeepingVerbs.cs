using System.CommandLine;
using Unlearning.Host.Cli.Client;
using Unlearning.Host.Cli.Data;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Garbage;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Cli.Releases;

/// <summary>The verbs that look after what is kept.</summary>
internal static class KeepingVerbs
{
    public static Command Verify(IReadOnlyDictionary<string, string?>? overrides)
    {
        Command command = new(
            "verify",
            """
            Checks every byte of every release in the data folder against the hash that is its name and that the journal holds. Needs no service.

            Examples:
              releases verify

            Exit codes: 0 all are what they were, 1 one is not, or an error.
            """);
        return Verb.WithJson(command, (parsed, say, _) =>
        {
            DataFolder data = StoredData.Folder(overrides);
            IReadOnlyList<ReleaseCheck> checks = new ReleaseStore(data).VerifyAll(new LiveReleaseJournal(data).Read());
            say(checks, output =>
            {
                foreach (ReleaseCheck check in checks)
                    output.WriteLine($"{check.ReleaseId}  {check.Problem ?? $"whole, {check.ContentHash}"}");
                if (checks.Count == 0)
                    output.WriteLine("no releases");
            });
            return checks.All(check => check.Problem is null) ? 0 : 1;
        });
    }

    public static Command Collect(ServiceVerbs verbs)
    {
        Option<bool> dry = new("--dry") { Description = "Only tells what would be deleted, and why the others are kept." };
        Option<string?> reason = new("--reason") { Description = "Why, in one sentence; kept in the audit.", HelpName = "TEXT" };
        return verbs.Of(
            new Command(
                "collect",
                """
                Deletes releases that nothing needs: not what serves, what a rollback leads to, what others were trained from, or what waits for
                somebody. The service does the same every night.

                Examples:
                  releases collect --dry
                  releases collect --reason "the disk is full"

                Exit codes: 0 done, 1 error.
                """)
            {
                dry, reason,
            },
            async (service, parsed, say, cancellationToken) =>
            {
                if (parsed.GetValue(dry))
                {
                    IReadOnlyList<GarbageVerdict> verdicts = await service.GetAsync<IReadOnlyList<GarbageVerdict>>("v1/releases/garbage", cancellationToken).ConfigureAwait(false);
                    say(verdicts, output =>
                    {
                        foreach (GarbageVerdict verdict in verdicts)
                            output.WriteLine($"{verdict.ReleaseId}  {(verdict.KeptBecause is { } why ? $"kept: {why}" : "would be deleted")}");
                        if (verdicts.Count == 0)
                            output.WriteLine("no releases");
                    });
                    return 0;
                }

                IReadOnlyList<string> deleted = await service.PostAsync<IReadOnlyList<string>>(
                    "v1/releases/collect", new { reason = parsed.GetValue(reason) ?? "asked for on the command line" }, cancellationToken).ConfigureAwait(false);
                say(deleted, output => output.WriteLine(deleted.Count == 0 ? "nothing to delete" : $"deleted {string.Join(", ", deleted)}"));
                return 0;
            });
    }
}
