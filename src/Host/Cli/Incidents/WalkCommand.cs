using System.CommandLine;
using Unlearning.Host.Cli.Client;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Host.Incidents;
using Unlearning.Host.Incidents.Review.Lists;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>The verb <c>incidents review</c>.</summary>
internal static class WalkCommand
{
    public static Command Create(DeskSettings settings)
    {
        Option<string?> url = ServiceOptions.Url();
        Command command = new(
            "review",
            $"""
            Goes through incidents one by one, the new ones when no filter is given, those that are overdue first, with single keys: c confirm, d dismiss, r reveal,
            a assign to me, m comment, n next, p previous, u undo, ? help, q quit. Text is masked until it is revealed, which is audited. At most
            {ReviewWalk.Most:#,0} are taken at once. Where the input is no terminal, each of its lines is a key.

            Examples:
              incidents review
              incidents review --severity 3 --assignee me
              incidents review --status confirmed --since 7d

            Exit codes: 0 gone through or quit, 1 error.
            """);
        FilterOptions filter = new(command);
        command.Options.Add(url);
        return Verb.Of(command, async (parsed, cancellationToken) =>
        {
            IncidentFilter wanted = filter.Read(parsed, settings.Time);
            await using OpenDesk open = await OpenDesk.OpenAsync(settings, parsed.GetValue(url), writes: true, cancellationToken).ConfigureAwait(false);
            ReviewWalk walk = new(open.Desk, open.Me, ReviewKeys.Of(settings.Input), parsed.InvocationConfiguration.Output);
            await walk.GoAsync(wanted with { Status = wanted.Status ?? IncidentStatus.New }, cancellationToken).ConfigureAwait(false);
            return 0;
        });
    }
}
