using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Unlearning.Host.Audit;
using Unlearning.Host.Cli.Client;
using Unlearning.Host.Cli.Data;
using Unlearning.Host.Identity;
using Unlearning.Host.Releases;
using Unlearning.Host.Releases.Changes;
using Unlearning.Host.Releases.Journal;
using Unlearning.Host.Storage;

namespace Unlearning.Host.Cli.Releases;

/// <summary>The verbs that change what serves.</summary>
internal static class ServingVerbs
{
    public static Command Promote(ServiceVerbs verbs)
    {
        Argument<string> id = ReleasesCommand.Id();
        Option<string> reason = ServiceVerbs.Reason();
        return Changing(
            verbs,
            new Command(
                "promote",
                """
                Makes a release live that passed its gates and has the approvals it needs, as after a rollback that turned out to be wrong. Where
                a canary is configured, it becomes the canary first.

                Examples:
                  releases promote 3f9a1c0d2b4e5f67 --reason "the complaints were about something else"

                Exit codes: 0 serves, 1 error.
                """)
            {
                id, reason,
            },
            parsed => (ReleasesCommand.Path(parsed.GetRequiredValue(id), "promote"), new { reason = parsed.GetRequiredValue(reason) }));
    }

    public static Command Canary(ServiceVerbs verbs)
    {
        Argument<string> id = ReleasesCommand.Id();
        Option<string> reason = ServiceVerbs.Reason();
        Option<double> share = new("--share") { Description = "The share of the conversations, above 0 and below 1: 0.05 is 5 %.", HelpName = "SHARE", Required = true };
        return Changing(
            verbs,
            new Command(
                "canary",
                """
                Has a release serve a share of the conversations, each of which stays with it.

                Examples:
                  releases canary 3f9a1c0d2b4e5f67 --share 0.05 --reason "first look"

                Exit codes: 0 serves, 1 error.
                """)
            {
                id, share, reason,
            },
            parsed => (ReleasesCommand.Path(parsed.GetRequiredValue(id), "canary"), new { share = parsed.GetValue(share), reason = parsed.GetRequiredValue(reason) }));
    }

    public static Command EndCanary(ServiceVerbs verbs)
    {
        Option<bool> promote = new("--promote") { Description = "It becomes the live release; withdrawn when left out." };
        Option<string> reason = ServiceVerbs.Reason();
        return Changing(
            verbs,
            new Command(
                "end-canary",
                """
                Ends the canary: it is withdrawn or, with --promote, becomes the live release.

                Examples:
                  releases end-canary --reason "it refuses too much"
                  releases end-canary --promote --reason "a quiet week"

                Exit codes: 0 ended, 1 error.
                """)
            {
                promote, reason,
            },
            parsed => ("v1/releases/canary/end", new { promote = parsed.GetValue(promote), reason = parsed.GetRequiredValue(reason) }));
    }

    public static Command Rollback(ServiceVerbs verbs, IReadOnlyDictionary<string, string?>? overrides, TimeProvider time)
    {
        Option<string> reason = ServiceVerbs.Reason();
        Option<bool> offline = new("--offline") { Description = "Without the service, which must not be running: its next start serves the release." };
        return verbs.Of(
            new Command(
                "rollback",
                """
                Puts the release before the live one back, in one step and without dropping an answer; also while the database is down. While a
                canary serves, it is the canary that is withdrawn. Done twice, it goes back twice.

                Examples:
                  releases rollback --reason "users complain about refusals"
                  releases rollback --offline --reason "the service does not start"

                Exit codes: 0 rolled back, 1 error.
                """)
            {
                reason, offline,
            },
            async (connect, parsed, say, cancellationToken) =>
            {
                JournalEntry entry = parsed.GetValue(offline)
                    ? Offline(overrides, time, parsed.GetRequiredValue(reason))
                    : await connect().PostAsync<JournalEntry>(
                        "v1/releases/rollback", new { reason = parsed.GetRequiredValue(reason) }, cancellationToken).ConfigureAwait(false);
                say(entry, output => output.WriteLine(ReleaseText.Words(entry)));
                return 0;
            });
    }

    private static Command Changing(ServiceVerbs verbs, Command command, Func<ParseResult, (string Path, object Wish)> ask) => verbs.Of(
        command,
        async (service, parsed, say, cancellationToken) =>
        {
            (string path, object wish) = ask(parsed);
            JournalEntry entry = await service.PostAsync<JournalEntry>(path, wish, cancellationToken).ConfigureAwait(false);
            say(entry, output => output.WriteLine(ReleaseText.Words(entry)));
            return 0;
        });

    private static JournalEntry Offline(IReadOnlyDictionary<string, string?>? overrides, TimeProvider time, string reason)
    {
        DataFolder data = StoredData.Folder(overrides);
        using ServiceLock held = ServiceLock.Acquire(data);
        ReleaseStore releases = new(data);
        return new OfflineRollback(releases, new LiveReleaseJournal(data), new AuditLog(data, NullLogger<AuditLog>.Instance), time)
            .RollBack(Actor.System, reason);
    }
}
