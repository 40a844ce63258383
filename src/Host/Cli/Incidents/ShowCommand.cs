using System.CommandLine;
using Unlearning.Host.Cli.Client;
using Unlearning.Host.Cli.Terminal;
using Unlearning.Host.Incidents.Review.Details;

namespace Unlearning.Host.Cli.Incidents;

/// <summary>The verb <c>incidents show</c>.</summary>
internal static class ShowCommand
{
    public static Command Create(DeskSettings settings)
    {
        Argument<string> id = IncidentsCommand.Id();
        Option<bool> reveal = new("--reveal") { Description = "Prints prompt, answer and comments, too, which is audited and logged." };
        Option<string?> reason = ReviewCommand.Reason();
        Option<string?> url = ServiceOptions.Url();
        Command command = new(
            "show",
            """
            Shows everything that is stored about an incident: which policy at which version and revision decided, which detectors fired, what
            the caller got, what it was seen with and how often, who judged it, whether it may be unlearned, and the runs that used it. Of what
            people said only the length is shown, unless --reveal asks for it. It only reads, and may run beside the service.

            Examples:
              incidents show 019a2c4e
              incidents show 019a2c4e --reveal
              incidents show 019a2c4e --json

            Exit codes: 0 shown, 1 error, such as an id that is unknown or ambiguous.
            """)
        {
            id, reveal, reason, url,
        };
        return Verb.WithJson(command, async (parsed, say, cancellationToken) =>
        {
            string named = parsed.GetRequiredValue(id);
            await using OpenDesk open = await OpenDesk.OpenAsync(settings, parsed.GetValue(url), writes: false, cancellationToken).ConfigureAwait(false);
            IncidentDetails details = parsed.GetValue(reveal)
                ? await open.Desk.RevealAsync(named, parsed.GetValue(reason), cancellationToken).ConfigureAwait(false)
                : await open.Desk.ShowAsync(named, cancellationToken).ConfigureAwait(false);
            say(details, output => IncidentText.Write(output, details));
            return 0;
        });
    }
}
