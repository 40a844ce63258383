using System.CommandLine;
using Unlearning.Host.Api.Management.Releases;
using Unlearning.Host.Cli.Client;
using Unlearning.Host.Releases.History;

namespace Unlearning.Host.Cli.Releases;

/// <summary>The <c>releases</c> verb: asks the service, but for what must work without one.</summary>
internal static class ReleasesCommand
{
    /// <summary>The command, to be added to the root command.</summary>
    /// <param name="overrides">Settings that win over appsettings.json and the environment.</param>
    /// <param name="time">Dates an offline rollback.</param>
    public static Command Create(IReadOnlyDictionary<string, string?>? overrides = null, TimeProvider? time = null)
    {
        ServiceVerbs verbs = new(overrides);
        return new Command(
            "releases",
            """
            Shows, approves, promotes, rolls back, verifies and clears away releases. The service must be running, but for 'verify' and for
            'rollback --offline'.

            Examples:
              releases list
              releases card 3f9a1c0d2b4e5f67
              releases approve 3f9a1c0d2b4e5f67 --reason "read the report; over-refusal is fine"
              releases rollback --reason "users complain about refusals"
              releases verify

            Exit codes: 0 done, 1 error.
            """)
        {
            ListVerb(verbs),
            ShowVerb(verbs),
            TextVerb(verbs, "card", "Prints a release's model card."),
            TextVerb(verbs, "report", "Prints a release's evaluation report."),
            DecisionVerbs.Approve(verbs),
            DecisionVerbs.Reject(verbs),
            ServingVerbs.Promote(verbs),
            ServingVerbs.Canary(verbs),
            ServingVerbs.EndCanary(verbs),
            ServingVerbs.Rollback(verbs, overrides, time ?? TimeProvider.System),
            KeepingVerbs.Verify(overrides),
            KeepingVerbs.Collect(verbs),
        };
    }

    /// <summary>A release's id.</summary>
    internal static Argument<string> Id() => new("id") { Description = "The release's id, as 'releases list' and 'runs show' tell it." };

    /// <summary>Where the service has a release, or something of it.</summary>
    internal static string Path(string id, string? part = null) => $"v1/releases/{Uri.EscapeDataString(id)}{(part is null ? "" : $"/{part}")}";

    private static Command ListVerb(ServiceVerbs verbs) => verbs.Of(
        new Command(
            "list",
            """
            Lists releases, the newest first, and tells which one is live.

            Examples:
              releases list
              releases list --json

            Exit codes: 0 listed, 1 error.
            """),
        async (service, _, say, cancellationToken) =>
        {
            ReleasesView view = await service.GetAsync<ReleasesView>("v1/releases", cancellationToken).ConfigureAwait(false);
            say(view, output => ReleaseText.Table(output, view));
            return 0;
        });

    private static Command ShowVerb(ServiceVerbs verbs)
    {
        Argument<string> id = Id();
        return verbs.Of(
            new Command(
                "show",
                """
                Shows a release: where it stands, what it is made of, who approved it, and everything that the journal says of it.

                Examples:
                  releases show 3f9a1c0d2b4e5f67

                Exit codes: 0 shown, 1 error.
                """)
            {
                id,
            },
            async (service, parsed, say, cancellationToken) =>
            {
                ReleaseStatus release = await service
                    .GetAsync<ReleaseStatus>(Path(parsed.GetRequiredValue(id)), cancellationToken).ConfigureAwait(false);
                say(release, output => ReleaseText.Write(output, release));
                return 0;
            });
    }

    private static Command TextVerb(ServiceVerbs verbs, string verb, string help)
    {
        Argument<string> id = Id();
        return verbs.Of(
            new Command(
                verb,
                $"""
                {help}

                Examples:
                  releases {verb} 3f9a1c0d2b4e5f67

                Exit codes: 0 printed, 1 error.
                """)
            {
                id,
            },
            async (service, parsed, say, cancellationToken) =>
            {
                string text = await service
                    .GetTextAsync(Path(parsed.GetRequiredValue(id), verb), cancellationToken).ConfigureAwait(false);
                say(new { text }, output => output.WriteLine(text));
                return 0;
            });
    }
}
